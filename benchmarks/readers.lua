-- Readers who come at a pace: with so many connections, each waits so many milliseconds between two pages.
local pause = 0

function init(args) pause = tonumber(args[1]) end

function delay() return math.random(0, 2 * pause) end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format('{"read": %d, "lost": %d, "p50": %.3f, "p95": %.3f, "seconds": %.3f}\n', summary.requests,
    errors.status + errors.connect + errors.read + errors.write + errors.timeout,
    latency:percentile(50) / 1000, latency:percentile(95) / 1000, summary.duration / 1e6))
end
