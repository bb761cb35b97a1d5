-- The positions of rooms that the node has members in, whose logs stay therefore.
--
-- KEYS  1 logs   2 generations   then of each room: log, stream
-- ARGV  of each room: name, bucket, epoch and number of the newest position that the node knows, ms for which its log stays
--
-- Answers {epoch, number…}.
local FIELDS = 5
local answer, t = {}, now()
for i = 1, #ARGV / FIELDS do
    local at = (i - 1) * FIELDS
    local room = {name = ARGV[at + 1], bucket = ARGV[at + 2], log = KEYS[1 + 2 * i], stream = KEYS[2 + 2 * i]}
    local log = find(room, ARGV[at + 3], tonumber(ARGV[at + 4]))
    if not log.unborn then
        touch(room, log, tonumber(ARGV[at + 5]), t)
    end

    answer[2 * i - 1] = log.epoch
    answer[2 * i] = int(log.seq)
end

return answer
