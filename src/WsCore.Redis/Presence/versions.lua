-- Where rooms stand, to see whether something was missed.
-- KEYS: members of each room
-- Answers: version and life of each; zeros where nobody is there, or where a life has ended that no script has noticed yet.
local answer = {}
for i, hash in ipairs(KEYS) do
  local head = redis.call('HMGET', hash, 'v', 'l', 'i')
  local same = tonumber(head[3]) == INCARNATION
  answer[2 * i - 1] = same and tonumber(head[1]) or 0
  answer[2 * i] = same and tonumber(head[2]) or 0
end
return answer
