-- The grace of a loss is over: the member has left, unless it is back or was lost anew.
-- KEYS: members of the room, the lost
-- ARGV: room, key of the member, the loss, the number that it was taken by, envelope
-- Answers: kind (0: nothing changed), version, members, since, life.
local room = begin(KEYS[1])
if tonumber(redis.call('ZSCORE', KEYS[2], ARGV[3])) ~= tonumber(ARGV[4]) then
  return {0, room.v, room.n, 0, room.l}
end
redis.call('ZREM', KEYS[2], ARGV[3])
local here = member(room.hash, ARGV[2])
if not here or here.connections > 0 then
  return {0, room.v, room.n, 0, room.l}
end
remove(room, ARGV[2])
commit(room, ARGV[1], 16, 0, ARGV[5])
return {16, room.v, room.n, 0, room.l}
