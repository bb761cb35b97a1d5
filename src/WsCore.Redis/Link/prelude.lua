-- Of every script: what it was prepared for. The node puts the literals in front of this:
-- local ID, INCARNATION, CUT, BASE, PREFIX, OFFSET
-- The script cache is gone with a server process, but not when the data is wiped under it, or when a master that was demoted is promoted again.
if redis.call('HGET', PREFIX .. ':server', 'id') ~= ID then
  return redis.error_reply('WSCORESTALE this was prepared for another incarnation')
end
local function now()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000) + OFFSET
end
