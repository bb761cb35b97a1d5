-- Which users have a connection to another node.
-- KEYS: nodes
-- ARGV: the node that asks, users
-- Answers: 1 or 0 of each.
local answer = {}
for i = 2, #ARGV do
  answer[i - 1] = 0
end
for _, node in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. string.format('%.0f', now()), '+inf')) do
  if node ~= ARGV[1] and #ARGV > 1 then
    for i, is in ipairs(redis.call('SMISMEMBER', PREFIX .. ':users:' .. node, unpack(ARGV, 2))) do
      answer[i] = math.max(answer[i], is)
    end
  end
end
return answer
