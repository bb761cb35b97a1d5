-- Where a node has connections, in steps.
-- KEYS: rooms that the node attends
-- ARGV: cursor (0 to begin)
-- Answers: the next cursor (0: that was all); of each its text (connection, room, with a zero between) and ticket and key.
local step = redis.call('HSCAN', KEYS[1], ARGV[1], 'COUNT', 500)
return {step[1], step[2]}
