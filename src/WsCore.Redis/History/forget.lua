-- Forgets rooms that nobody has touched for long, and tells which others may be due.
--
-- KEYS  1 logs   2 generations   then of each room: log, stream
-- ARGV  1 how many to tell   then of each room: name, bucket
--
-- Answers {name…}: those that are to be looked at next, for they were due by when they were looked at last.
local t = now()
for i = 1, (#ARGV - 1) / 2 do
    local room = {name = ARGV[2 * i], bucket = ARGV[2 * i + 1], log = KEYS[1 + 2 * i], stream = KEYS[2 + 2 * i]}
    local due = redis.call('ZSCORE', KEYS[1], room.name)
    if due and tonumber(due) <= t then -- else another node was quicker
        local log = redis.call('HMGET', room.log, 'inc', 'touched', 'keep')
        if log[1] and tonumber(log[1]) >= CUT and tonumber(log[2]) + tonumber(log[3]) > t then
            redis.call('ZADD', KEYS[1], int(tonumber(log[2]) + tonumber(log[3])), room.name)
        else
            forget(room)
        end
    end
end

return redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', int(t), 'LIMIT', 0, ARGV[1])
