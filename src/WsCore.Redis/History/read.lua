-- A part of a room's history.
--
-- KEYS  1 logs   2 generations   3 the room's log   4 its stream
-- ARGV  1 name   2 bucket   3, 4 epoch and number of the newest position that the node knows   5, 6 epoch and number of the position to go on from; both empty: none
--       7 messages at most   8 bytes of frames at most; the first message is always there   9 size   10 ttl (ms)   11 bytes
--
-- Answers {1 if nothing after that position is missing, epoch, newest number, number that the first entry should have, number and envelope of each entry…}.
local BATCH = 16
local room = {name = ARGV[1], bucket = ARGV[2], log = KEYS[3], stream = KEYS[4]}
local log = find(room, ARGV[3], tonumber(ARGV[4]))
if trim(room, log, tonumber(ARGV[9]), tonumber(ARGV[10]), tonumber(ARGV[11]), now()) then
    redis.call('HSET', room.log, 'first', int(log.first))
end

local since = tonumber(ARGV[6])
local whole = not since or (ARGV[5] == log.epoch and since >= log.first - 1 and since <= log.seq)
local from = whole and since and since + 1 or log.first
local answer = {whole and 1 or 0, log.epoch, int(log.seq), int(from)}
local left, bytes, start = tonumber(ARGV[7]), tonumber(ARGV[8]), int(from) .. '-0'
while left > 0 do
    local entries = redis.call('XRANGE', room.stream, start, '+', 'COUNT', math.min(left, BATCH))
    for _, found in ipairs(entries) do
        bytes = bytes - tonumber(found[2][4])
        if bytes < 0 and #answer > 4 then
            return answer
        end

        answer[#answer + 1] = string.match(found[1], '^%d+')
        answer[#answer + 1] = found[2][2]
        start = '(' .. found[1]
    end

    left = #entries < BATCH and 0 or left - #entries
end

return answer
