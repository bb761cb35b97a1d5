-- Gives the connections of a dead node that are still listed, for the caller to take out; with the last the node is forgotten.
-- KEYS: the dead, rooms that the node attends, its users
-- ARGV: the node, for how long nobody else is to reap it (ms), how many
-- Answers: nothing where the node lives after all or is reaped; else of each its text (connection, room, with a zero between) and ticket and key.
if not redis.call('ZSCORE', KEYS[1], ARGV[1]) then
  return false
end
if redis.call('HLEN', KEYS[2]) == 0 then
  redis.call('ZREM', KEYS[1], ARGV[1])
  redis.call('DEL', KEYS[2], KEYS[3])
  return false
end
redis.call('ZADD', KEYS[1], now() + tonumber(ARGV[2]), ARGV[1])
return redis.call('HRANDFIELD', KEYS[2], ARGV[3], 'WITHVALUES')
