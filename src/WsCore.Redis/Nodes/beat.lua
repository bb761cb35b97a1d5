-- A node lives. Finds those that do not, and gives one of them to the caller to reap.
-- KEYS: nodes, what they tell of themselves, the dead, users of the node
-- ARGV: the node, its lease (ms), what it tells of itself, for how long nobody else is to reap (ms), when Redis may forget its users (ms), how long others may still speak up after Redis was away (ms)
-- Answers: 1 where the node was not known, as at first, or its lease was over; the node to reap, or nothing; how many live.
local time = now()
local lease = tonumber(redis.call('ZSCORE', KEYS[1], ARGV[1]) or 0)
local unknown = lease <= time and 1 or 0
unknown = math.max(unknown, redis.call('ZREM', KEYS[3], ARGV[1]))
redis.call('ZADD', KEYS[1], time + tonumber(ARGV[2]), ARGV[1])
redis.call('HSET', KEYS[2], ARGV[1], ARGV[3])
redis.call('PEXPIRE', KEYS[4], ARGV[5])
-- Where this one's lease is over too, or nearly, it may be Redis that was away: then the others live, and have some seconds to say so.
local doubtful = lease < time + tonumber(ARGV[6]) / 2
for _, node in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', time)) do
  if doubtful then
    redis.call('ZADD', KEYS[1], time + tonumber(ARGV[6]), node)
  else
    redis.call('ZREM', KEYS[1], node)
    redis.call('HDEL', KEYS[2], node)
    redis.call('ZADD', KEYS[3], time, node)
  end
end
local dead = redis.call('ZRANGEBYSCORE', KEYS[3], '-inf', time, 'LIMIT', 0, 1)[1]
if dead then
  redis.call('ZADD', KEYS[3], time + tonumber(ARGV[4]), dead)
end
return {unknown, dead or false, redis.call('ZCARD', KEYS[1])}
