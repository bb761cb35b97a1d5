-- Takes losses whose grace is over, for the caller to settle: for a while nobody else gets them.
-- KEYS: the lost
-- ARGV: how many, for how long (ms)
-- Answers: of each its text (room, key, connection, with zeros between) and the number that it is taken by.
local time = now()
local due = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', time, 'LIMIT', 0, ARGV[1])
local taken, answer = time + tonumber(ARGV[2]), {}
for i, text in ipairs(due) do
  redis.call('ZADD', KEYS[1], taken, text)
  answer[2 * i - 1], answer[2 * i] = text, taken
end
return answer
