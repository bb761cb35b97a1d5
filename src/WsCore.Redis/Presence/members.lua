-- All that is known of a room.
-- KEYS: members of the room
-- Answers: version, life, all fields; zeros where nobody is there.
local room = begin(KEYS[1])
if room.isNew then
  return {0, 0, {}}
end
return {room.v, room.l, redis.call('HGETALL', room.hash)}
