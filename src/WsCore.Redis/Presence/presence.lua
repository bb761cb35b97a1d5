-- Stands before each script that reads or changes a room's members. They are in one hash:
--   v  version: one more with each change
--   l  life: the version before the first change of an unbroken series; another one where the room was empty for a minute, or Redis may have lost something
--   i  incarnation of the server that the life belongs to
--   n  members
--   m<key>  of a member: connections, since (ms), the connection that was lost last (- for none), the node of that one
--   s<key>  of a member: its state, where it has one
--   c<connection>  of a connection: ticket, node, key of the member
local function begin(hash)
  local head = redis.call('HMGET', hash, 'v', 'l', 'i', 'n')
  local room = {hash = hash, v = tonumber(head[1]), l = tonumber(head[2]), n = tonumber(head[4]) or 0}
  if tonumber(head[3]) ~= INCARNATION then
    -- Above all that was before, for whoever compares versions only.
    room.v = math.max((room.v or 0) + 1, now() * 1000)
    room.l = room.v
    room.isNew = not head[1]
    if head[1] then
      redis.call('HSET', hash, 'v', room.v, 'l', room.l, 'i', INCARNATION)
    end
  end
  return room
end

-- Writes the change down and tells the nodes. kind: 1 a member has come, 2 a connection has, 4 there is another state, 8 a connection has gone, 16 a member has.
local function commit(room, name, kind, since, envelope)
  room.v = room.v + 1
  redis.call('HSET', room.hash, 'v', room.v, 'l', room.l, 'i', INCARNATION, 'n', room.n)
  if room.n == 0 then
    redis.call('PEXPIRE', room.hash, 60000) -- the versions go on for who comes back soon, and for nodes that have not heard yet
  elseif room.n == 1 and kind % 2 == 1 then
    redis.call('PERSIST', room.hash)
  end
  redis.call('PUBLISH', PREFIX .. ':room:' .. name, struct.pack('>BI8BI4I8I8', 29, room.v, kind, room.n, since, room.l) .. envelope)
end

local function member(hash, key)
  local text = redis.call('HGET', hash, 'm' .. key)
  if not text then
    return nil
  end
  local connections, since, lost, node = string.match(text, '^(%d+) (%d+) (%S+) (%S+)$')
  return {connections = tonumber(connections), since = tonumber(since), lost = lost, node = node}
end

local function keep(hash, key, member)
  redis.call('HSET', hash, 'm' .. key, string.format('%d %.0f %s %s', member.connections, member.since, member.lost, member.node))
end

local function connection(hash, id)
  local text = redis.call('HGET', hash, 'c' .. id)
  if not text then
    return nil
  end
  local ticket, node, key = string.match(text, '^(%d+) (%S+) (.*)$')
  return {ticket = tonumber(ticket), node = node, key = key}
end

-- Of a member in its grace, in the sorted set of the lost.
local function loss(name, key, member)
  return name .. '\0' .. key .. '\0' .. member.lost
end

local function remove(room, key)
  redis.call('HDEL', room.hash, 'm' .. key, 's' .. key)
  room.n = room.n - 1
end
