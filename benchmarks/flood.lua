-- Writers who never pause, each from an address of its own; what they are told is counted and looked at.
local tokens, count, answers = {}, 0, {}
local headers = { ["Content-Type"] = "application/x-www-form-urlencoded" }
local ADDRESSES = 200
saved, refused, unclear = 0, 0, 0

local thread_of
function setup(thread) thread_of = thread end

function init(args)
  for token in io.lines(args[1]) do tokens[#tokens + 1] = token end
end

function request()
  count = count + 1
  headers["X-Forwarded-For"] = "198.51.100." .. count % ADDRESSES + 1
  local level = tostring(count % 5 + 1)
  return wrk.format("POST", nil, headers, "receipt=&visit=&level=" .. level .. "&form_token=" .. tokens[count])
end

-- a refusal says when to come back, and is a page with words
function response(status, sent, body)
  if status == 303 then
    saved = saved + 1
    return
  end
  refused = refused + 1
  local after = sent["Retry-After"] or sent["retry-after"]
  if (status ~= 429 and status ~= 503) or not after or not body:find("<h1", 1, true) then unclear = unclear + 1 end
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format('{"saved": %d, "refused": %d, "unclear": %d, "lost": %d, "p95": %.3f}\n',
    thread_of:get("saved"), thread_of:get("refused"), thread_of:get("unclear"),
    errors.connect + errors.read + errors.write + errors.timeout, latency:percentile(95) / 1000))
end
