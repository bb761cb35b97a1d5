-- A request with 'once' was carried out. (An append does the same in its own script.)
--
-- KEYS  1 the request's hash
-- ARGV  1 fingerprint   2 node   3 token   4 answer   5 ms for which it is known from now on   6 ms after which Redis may drop it
--
-- Answers 1: it is remembered. 0: another has the claim or has done it, because this node's lease had ended; nothing is changed.
local old = redis.call('HMGET', KEYS[1], 'token', 'state', 'until')
local t = now()
if old[1] == ARGV[3] then
    if old[2] == 'done' then
        return 1 -- said before, and the answer to that was lost
    end
elseif old[2] == 'claimed' or (old[2] == 'done' and t < tonumber(old[3])) then
    return 0
end

redis.call('HSET', KEYS[1], 'fp', ARGV[1], 'node', ARGV[2], 'token', ARGV[3], 'state', 'done', 'until', string.format('%.0f', t + tonumber(ARGV[5])), 'answer', ARGV[4])
redis.call('PEXPIRE', KEYS[1], ARGV[6])
return 1
