-- What the scripts of a room's history have in common. KEYS[1]: the rooms that have a log. KEYS[2]: the generations.
--
-- A room is a table: name, bucket, log, stream (keys). Its log is a hash: inc (who began it), epoch, seq (the newest number), at (its time), total (bytes of all
-- messages there have been), first (the oldest number that is kept), touched and keep (when to forget it), and a stream with entries `number-time`: e (bare envelope),
-- n (bytes of the frame), b (total before it).
local OVERHEAD = 64 -- what an entry takes beside its envelope, roughly
local TOUCH = 10000 -- ms between two touches that are noted

local function int(number)
    return string.format('%.0f', number)
end

-- Ends a life of the room: its next one has another epoch.
local function forget(room)
    redis.call('DEL', room.log, room.stream)
    redis.call('ZREM', KEYS[1], room.name)
    redis.call('HINCRBY', KEYS[2], room.bucket, 1)
end

local function unborn(room)
    return BASE .. '.' .. (redis.call('HGET', KEYS[2], room.bucket) or '0')
end

-- The room's log as it is now. epoch, seq: the newest position that the node knows; a counter that is behind it has lost messages.
local function find(room, epoch, seq)
    local log = redis.call('HMGET', room.log, 'inc', 'epoch', 'seq', 'at', 'total', 'first', 'touched', 'keep')
    if log[1] and tonumber(log[1]) >= CUT and not (log[2] == epoch and tonumber(log[3]) < seq) then
        return {
            epoch = log[2], seq = tonumber(log[3]), at = tonumber(log[4]), total = tonumber(log[5]), first = tonumber(log[6]),
            touched = tonumber(log[7]) or 0, keep = tonumber(log[8]) or 0,
        }
    end

    if log[1] and tonumber(log[1]) < CUT then
        redis.call('DEL', room.log, room.stream) -- of another base, so its epoch cannot come again
        redis.call('ZREM', KEYS[1], room.name)
    elseif log[1] or redis.call('ZSCORE', KEYS[1], room.name) then
        forget(room) -- it lost messages, or Redis dropped it before anybody looked
    end

    local current = unborn(room)
    if current == epoch and seq > 0 then
        forget(room)
        current = unborn(room)
    end

    return {epoch = current, seq = 0, at = 0, total = 0, first = 1, touched = 0, keep = 0, unborn = true}
end

local function entry(room, seq)
    local found = redis.call('XRANGE', room.stream, int(seq) .. '-0', '+', 'COUNT', 1)[1]
    local number, at = string.match(found and found[1] or '', '^(%d+)-(%d+)$')
    return tonumber(number) == seq and {at = tonumber(at), before = tonumber(found[2][6])} or nil
end

-- Drops what the room keeps no more, and tells whether it did; log.first is to be noted then. What is to go is a beginning of what there is, so its end is found by halving.
local function trim(room, log, size, ttl, bytes, t)
    local function gone(seq)
        local found = entry(room, seq)
        return not found or found.at <= t - ttl or log.total - found.before > bytes
    end

    local first = math.max(log.first, log.seq - size + 1)
    if first <= log.seq and gone(first) then
        local low, high = first, log.seq + 1
        while high - low > 1 do
            local middle = math.floor((low + high) / 2)
            if gone(middle) then
                low = middle
            else
                high = middle
            end
        end

        first = high
    end

    if first == log.first then
        return false
    end

    redis.call('XTRIM', room.stream, 'MINID', int(first) .. '-0')
    log.first = first
    return true
end

-- Somebody was there: the room stays. Redis drops it some time after the nodes would, should there be none.
local function touch(room, log, keep, t)
    if keep ~= log.keep or math.abs(t - log.touched) >= TOUCH then
        redis.call('HSET', room.log, 'touched', int(t), 'keep', int(keep))
        redis.call('PEXPIRE', room.log, int(2 * keep + 600000))
        redis.call('PEXPIRE', room.stream, int(2 * keep + 600000))
    end
end
