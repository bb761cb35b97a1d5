-- A connection joins a room.
-- KEYS: members of the room, rooms that the node attends, the lost, nodes, the dead
-- ARGV: room, connection, key of the member, ticket, node, state, since (0: now), 1 to show the state only where the member is new, 1 to answer with all that is there, envelope, lease (ms)
-- Answers: kind (0: nothing changed), version, members, since, life, and all fields of the room where they were asked for.
local name, id, key, ticket = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4])
local room = begin(KEYS[1])
local kind = 0
local known = connection(room.hash, id)
local here = member(room.hash, key)
if known and known.ticket > ticket then
  here = here or {since = 0}
else
  if not known or known.ticket < ticket or known.node ~= ARGV[5] then
    kind = 2
    redis.call('HSET', room.hash, 'c' .. id, string.format('%s %s ', ARGV[4], ARGV[5]) .. key)
    redis.call('HSET', KEYS[2], id .. '\0' .. name, ARGV[4] .. ' ' .. key)
    if not redis.call('ZSCORE', KEYS[4], ARGV[5]) then
      redis.call('ZADD', KEYS[5], 'NX', now() + tonumber(ARGV[11]), ARGV[5]) -- it has not beaten yet, or not again: should it never, somebody is to know of it
    end
  end
  if not here then
    kind = 3
    here = {connections = 1, since = tonumber(ARGV[7]), lost = '-', node = '-'}
    if here.since == 0 then
      here.since = now()
    end
    keep(room.hash, key, here)
    room.n = room.n + 1
    if ARGV[6] ~= '' then
      redis.call('HSET', room.hash, 's' .. key, ARGV[6])
    end
  else
    if kind > 0 and not known then
      if here.connections == 0 then
        redis.call('ZREM', KEYS[3], loss(name, key, here))
      end
      here.connections = here.connections + 1
      keep(room.hash, key, here)
    end
    if ARGV[6] ~= '' and ARGV[8] ~= '1' and redis.call('HGET', room.hash, 's' .. key) ~= ARGV[6] then
      kind = kind + 4
      redis.call('HSET', room.hash, 's' .. key, ARGV[6])
    end
  end
end
if kind > 0 then
  commit(room, name, kind, here.since, ARGV[10])
end
return {kind, room.v, room.n, here.since, room.l, ARGV[9] == '1' and redis.call('HGETALL', room.hash)}
