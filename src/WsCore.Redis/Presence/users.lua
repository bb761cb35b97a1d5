-- Users have come to a node, or gone.
-- KEYS: users of the node
-- ARGV: 1 to begin anew, when Redis may forget them (ms), how many have come, those, those who have gone
if ARGV[1] == '1' then
  redis.call('DEL', KEYS[1])
end
local come = tonumber(ARGV[3])
for i = 4, #ARGV do
  redis.call(i < 4 + come and 'SADD' or 'SREM', KEYS[1], ARGV[i])
end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 1
