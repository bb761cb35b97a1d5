-- A node stops. What it leaves behind is reaped, at once.
-- KEYS: nodes, what they tell of themselves, the dead, users of the node, rooms that the node attends
-- ARGV: the node
redis.call('ZREM', KEYS[1], ARGV[1])
redis.call('HDEL', KEYS[2], ARGV[1])
redis.call('DEL', KEYS[4])
if redis.call('HLEN', KEYS[5]) > 0 then
  redis.call('ZADD', KEYS[3], now(), ARGV[1])
end
return 1
