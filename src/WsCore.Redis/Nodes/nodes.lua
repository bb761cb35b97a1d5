-- The nodes that live.
-- KEYS: nodes, what they tell of themselves
-- Answers: of each its id, what is left of its lease (ms), what it tells of itself.
local time, answer = now(), {}
local nodes = redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. string.format('%.0f', time), '+inf', 'WITHSCORES')
for i = 1, #nodes, 2 do
  answer[#answer + 1] = {nodes[i], tonumber(nodes[i + 1]) - time, redis.call('HGET', KEYS[2], nodes[i])}
end
return answer
