-- Tells which incarnation this server process is, and makes it one if it is none yet. The first node that comes decides, the others read it.
-- KEYS: server
-- ARGV: run id that the node saw, end point, 1 if every write is on disk before it is answered, a new base, highest incarnation the node knows
-- Answers: run id, incarnation, cut, base, 1 if it was made now; or nothing: it is another process, or not a master.
local info = redis.call('INFO')
local run = string.match(info, 'run_id:(%x+)')
local role = string.match(info, 'role:(%a+)')
if run ~= ARGV[1] or role ~= 'master' then
  return false
end
-- Zeros in a process that was never a replica; a restarted one forgets it.
local replica = string.match(info, 'master_replid2:[0-9a-f]*[1-9a-f]') ~= nil
local replid = string.match(info, 'master_replid:(%x+)')
local known = redis.call('HMGET', KEYS[1], 'run', 'n', 'cut', 'base', 'endpoint', 'durable', 'replid')
local n = tonumber(known[2]) or 0
local seen = tonumber(ARGV[5])
-- The same process, and nothing happened to it in between: a master that was demoted and promoted again has copied what another one had.
if known[1] == run and n > 0 and n >= seen and (known[7] == replid or not replica) then
  return {run, n, tonumber(known[3]), known[4], 0}
end
local kept = n > 0 and n >= seen and known[1] ~= run and ARGV[3] == '1' and known[6] == '1' and known[5] == ARGV[2] and not replica
n = math.max(n, seen) + 1
local cut, base = tonumber(known[3]), known[4]
if not kept then
  cut, base = n, ARGV[4]
end
redis.call('HSET', KEYS[1], 'id', run .. ':' .. n, 'run', run, 'n', n, 'cut', cut, 'base', base, 'endpoint', ARGV[2], 'durable', ARGV[3], 'replid', replid)
return {run, n, cut, base, 1}
