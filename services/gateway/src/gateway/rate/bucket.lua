-- gateway/rate/bucket.py in one round trip: KEYS[1] the bucket;
-- ARGV: microseconds per token, burst, want, lease_max, give_back, lease_share, now (0: the server's clock).
-- Moments count from 2026-01-01, so that a double keeps fractions of a microsecond.
local step, burst = tonumber(ARGV[1]), tonumber(ARGV[2])
local want, lease_max, give_back = tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
local now = tonumber(ARGV[7])
if now == 0 then
  local time = redis.call('TIME')
  now = (tonumber(time[1]) - 1767225600) * 1000000 + tonumber(time[2])
end
local full_at = tonumber(redis.call('GET', KEYS[1]) or '0')
full_at = math.max(full_at - give_back * step, now)
local available = math.floor(burst - (full_at - now) / step + 1e-6)
local lease = math.max(want, math.min(lease_max, math.floor(available / tonumber(ARGV[6]))))
local granted = math.max(0, math.min(available, lease))
full_at = full_at + granted * step
local full_after = full_at - now
local retry_after = 0
if granted == 0 then retry_after = math.max(0, full_after - (burst - 1) * step) end
if full_after >= 1 then
  redis.call('SET', KEYS[1], string.format('%.3f', full_at), 'PX', math.ceil(full_after / 1000) + 1000)
end
return {granted, math.max(0, available - granted), string.format('%.3f', retry_after), string.format('%.3f', full_after)}
