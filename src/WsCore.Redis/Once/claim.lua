-- A request with 'once' begins: is it the first?
--
-- KEYS  1 the request's hash   2 the nodes, by the ends of their leases
-- ARGV  1 fingerprint   2 node   3 the node's number of this claim   4 token   5 lease, ms: how long it counts where its node is not listed
--       6 ms after which Redis may drop it   7 whether it may be made: 0 or 1   8 ms for which it counts after somebody saw its lease over
--
-- The hash: fp, node, n, token, state ('claimed', then 'done'; 'free': given up, kept for a while with its node and n only, see abandon.lua), until (ms: of a claim its own lease, of an answer the end of the window), answer,
-- doubt (ms: when somebody first saw the lease over).
--
-- Answers {'first'}, {'done', answer}, {'conflict'}, {'wait'} or {'full'}.
local old = redis.call('HMGET', KEYS[1], 'fp', 'node', 'state', 'until', 'answer', 'n')
local t = now()
local counts = false -- what is here still stands
if old[3] == 'done' then
    counts = t < tonumber(old[4])
elseif old[2] == ARGV[2] and tonumber(old[6] or 0) > tonumber(ARGV[3]) then
    return {'wait'} -- this one comes late, out of a socket that was given up, and nobody hears the answer
elseif old[3] == 'claimed' and old[2] ~= ARGV[2] then -- a node asks only where it has no claim of its own under way: what is here of it was given up
    counts = t <= tonumber(redis.call('ZSCORE', KEYS[2], old[2]) or old[4])
    if counts then
        redis.call('HDEL', KEYS[1], 'doubt')
    else -- a node that lives has let its lease end, too, if Redis was away for long: it has some seconds to say so
        redis.call('HSETNX', KEYS[1], 'doubt', string.format('%.0f', t))
        counts = t < tonumber(redis.call('HGET', KEYS[1], 'doubt')) + tonumber(ARGV[8])
    end
end

if counts then
    if old[1] ~= ARGV[1] then
        return {'conflict'}
    end

    if old[3] == 'done' then
        return {'done', old[5]}
    end

    return {'wait'}
end

if ARGV[7] ~= '1' then
    return {'full'}
end

redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], 'fp', ARGV[1], 'node', ARGV[2], 'n', ARGV[3], 'token', ARGV[4], 'state', 'claimed', 'until', string.format('%.0f', t + tonumber(ARGV[5])))
redis.call('PEXPIRE', KEYS[1], ARGV[6])
return {'first'}
