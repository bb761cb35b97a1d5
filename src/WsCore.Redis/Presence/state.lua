-- A member shows another state.
-- KEYS: members of the room
-- ARGV: room, connection, state, envelope
-- Answers: kind (0: nothing changed; -1: the connection is not there), version, members, since, life.
local room = begin(KEYS[1])
local known = connection(room.hash, ARGV[2])
if not known then
  return {-1, room.v, room.n, 0, room.l}
end
local field = 's' .. known.key
if ARGV[3] == '' or redis.call('HGET', room.hash, field) == ARGV[3] then
  return {0, room.v, room.n, 0, room.l}
end
redis.call('HSET', room.hash, field, ARGV[3])
commit(room, ARGV[1], 4, 0, ARGV[4])
return {4, room.v, room.n, 0, room.l}
