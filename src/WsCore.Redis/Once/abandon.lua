-- A request with 'once' took no effect, or will not: an append that still carries its claim finds that gone.
--
-- KEYS  1 the request's hash
-- ARGV  1 node   2 the number of the claim
--
-- Only this claim and what the node claimed before it: this may come late, when the node has claimed again. What is done stays.
local old = redis.call('HMGET', KEYS[1], 'node', 'n', 'state')
if old[3] == 'claimed' and old[1] == ARGV[1] and tonumber(old[2]) <= tonumber(ARGV[2]) then
    redis.call('DEL', KEYS[1])
end

return 1
