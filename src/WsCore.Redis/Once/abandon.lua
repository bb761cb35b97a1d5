-- A request with 'once' took no effect, or will not: an append that still carries its claim finds that gone.
--
-- KEYS  1 the request's hash
-- ARGV  1 node   2 the number of the claim   3 ms for which it is remembered that it was given up, where the claim itself may still come; else 0
--
-- Only this claim and what the node claimed before it: this may come late, when the node has claimed again. What is done stays.
local old = redis.call('HMGET', KEYS[1], 'node', 'n', 'state')
if old[3] and not (old[3] ~= 'done' and old[1] == ARGV[1] and tonumber(old[2]) <= tonumber(ARGV[2])) then
    return 1
end

redis.call('DEL', KEYS[1])
if ARGV[3] ~= '0' then
    redis.call('HSET', KEYS[1], 'node', ARGV[1], 'n', ARGV[2], 'state', 'free')
    redis.call('PEXPIRE', KEYS[1], ARGV[3])
end

return 1
