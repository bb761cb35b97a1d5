-- A connection is out of a room.
-- KEYS: members of the room, rooms that the connection's node attends, the lost, the dead
-- ARGV: room, connection, ticket, the connection's node, grace (ms; 0: the member leaves at once), 1 where that node is being reaped, envelope
-- Answers: kind (0: nothing changed), version, members, since, life.
local name, id, ticket, node = ARGV[1], ARGV[2], tonumber(ARGV[3]), ARGV[4]
if ARGV[6] == '1' and not redis.call('ZSCORE', KEYS[4], node) then
  return {0, 0, 0, 0, 0} -- it lives after all
end
local room = begin(KEYS[1])
local known = connection(room.hash, id)
local field = id .. '\0' .. name
if not known or known.node ~= node then
  redis.call('HDEL', KEYS[2], field)
  return {0, room.v, room.n, 0, room.l}
end
if known.ticket > ticket then
  return {0, room.v, room.n, 0, room.l}
end
redis.call('HDEL', room.hash, 'c' .. id)
redis.call('HDEL', KEYS[2], field)
local here = member(room.hash, known.key)
local kind, grace = 8, tonumber(ARGV[5])
here.connections = here.connections - 1
if here.connections > 0 then
  keep(room.hash, known.key, here)
elseif grace > 0 then
  here.lost, here.node = id, node
  keep(room.hash, known.key, here)
  redis.call('ZADD', KEYS[3], now() + grace, loss(name, known.key, here))
else
  kind = 24
  remove(room, known.key)
end
commit(room, name, kind, here.since, ARGV[7])
return {kind, room.v, room.n, here.since, room.l}
