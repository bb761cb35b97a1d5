-- Gives messages their numbers, keeps and publishes them: all or none, together with the answer to their request if it has a 'once'.
--
-- KEYS  1 logs   2 generations   then of each room: log, stream   at last, where there is a once: its hash
-- ARGV  1 how many rooms   2 token of the claim; empty: no once   3 ms for which the answer is known   4 ms after which Redis may drop it
--       then of each room: name, bucket, channel, epoch and number of the position the message was written for, digits its number may have, size, ttl (ms), bytes,
--       ms for which its log stays, bytes of the frame, bare envelope
--       at last the pieces of the answer: one, or one more than there are rooms, with the numbers between them
--
-- Answers {'ok', number…}; {'other', epoch, number…}: a message was written for another epoch or a shorter number, nothing is done; {'lost'}: the claim is another's by
-- now, nothing is done.
local FIELDS = 12
local count, t = tonumber(ARGV[1]), now()
local once = ARGV[2] ~= '' and KEYS[#KEYS]
if once then
    local claim = redis.call('HMGET', once, 'token', 'state')
    if claim[1] ~= ARGV[2] or claim[2] ~= 'claimed' then
        return {'lost'}
    end
end

local rooms, logs, fits, positions = {}, {}, true, {'other'}
for i = 1, count do
    local at = 4 + (i - 1) * FIELDS
    local room = {name = ARGV[at + 1], bucket = ARGV[at + 2], log = KEYS[1 + 2 * i], stream = KEYS[2 + 2 * i], at = at}
    local log = find(room, ARGV[at + 4], tonumber(ARGV[at + 5]))
    rooms[i], logs[i] = room, log
    fits = fits and log.epoch == ARGV[at + 4] and #int(log.seq + 1) <= tonumber(ARGV[at + 6])
    positions[2 * i] = log.epoch
    positions[2 * i + 1] = int(log.seq)
end

if not fits then
    return positions
end

local answer = {'ok'}
for i = 1, count do
    local room, log, at = rooms[i], logs[i], rooms[i].at
    local keep, envelope = tonumber(ARGV[at + 10]), ARGV[at + 12]
    if log.unborn then
        redis.call('DEL', room.stream) -- somebody else may have left one
    end

    local seq, time = log.seq + 1, math.max(log.at, t) -- Redis' clock may be set back
    redis.call('XADD', room.stream, int(seq) .. '-' .. int(time), 'e', envelope, 'n', ARGV[at + 11], 'b', int(log.total))
    log.seq, log.at, log.total = seq, time, log.total + #envelope + OVERHEAD
    if log.unborn then
        redis.call('ZADD', KEYS[1], int(t + keep), room.name)
        redis.call('HSET', room.log, 'inc', INCARNATION, 'epoch', log.epoch, 'first', '1')
    end

    redis.call('HSET', room.log, 'seq', int(seq), 'at', int(time), 'total', int(log.total))
    trim(room, log, tonumber(ARGV[at + 7]), tonumber(ARGV[at + 8]), tonumber(ARGV[at + 9]), t)
    touch(room, keep, t)
    redis.call('PUBLISH', ARGV[at + 3], struct.pack('>BI4I4', 8, math.floor(seq / 4294967296), seq % 4294967296) .. envelope)
    answer[i + 1] = int(seq)
end

if once then
    local pieces, first = {}, 4 + count * FIELDS + 1
    for i = first, #ARGV do
        pieces[#pieces + 1] = ARGV[i]
        if i < #ARGV then
            pieces[#pieces + 1] = answer[i - first + 2]
        end
    end

    redis.call('HSET', once, 'state', 'done', 'answer', table.concat(pieces), 'until', int(t + tonumber(ARGV[3])))
    redis.call('PEXPIRE', once, ARGV[4])
end

return answer
