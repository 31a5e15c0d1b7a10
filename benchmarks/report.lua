-- One report after another: its page is asked for, then its form is sent. A line of the file: cookie, token.
-- With "file": a file of so many bytes is sent in place of it, each with another draft.
local lines, count, upload, body_of = {}, 0, nil, nil
local path, field, more
posted, spent = 0, false

local thread_of
function setup(thread) thread_of = thread end

-- how a form names its token differs, and where a file is sent to
function init(args)
  for line in io.lines(args[1]) do lines[#lines + 1] = line end
  field, path = args[2], args[3]
  more = field == "csrf_token" and "&what=The+parks+were+never+inspected." or "" -- ours has it in the draft
  local bytes = tonumber(args[4] or "")
  if bytes then upload = string.rep("0123456789abcde\n", math.floor(bytes / 16)) end
end

local function part(name, value) return '--edge\r\nContent-Disposition: form-data; name="' .. name .. '"\r\n\r\n' .. value .. "\r\n" end

function request()
  count = count + 1
  local nth = upload and count or math.floor((count + 1) / 2)
  if nth > #lines then
    spent = true
    nth = #lines
  end
  local cookie, token = lines[nth]:match("(%S+) (%S+)")
  local headers = { Cookie = cookie }
  if upload then
    posted = posted + 1
    headers["Content-Type"] = "multipart/form-data; boundary=edge"
    local file = '--edge\r\nContent-Disposition: form-data; name="file"; filename="proof.bin"\r\n'
      .. "Content-Type: application/octet-stream\r\n\r\n" .. upload .. "\r\n--edge--\r\n"
    return wrk.format("POST", path, headers, part(field, token) .. part("then", "add") .. file)
  end
  if count % 2 == 1 then return wrk.format("GET", path, headers) end
  posted = posted + 1
  headers["Content-Type"] = "application/x-www-form-urlencoded"
  return wrk.format("POST", path, headers, field .. "=" .. token .. more)
end

function done(summary, latency)
  io.write(string.format('{"rate": %.3f, "posted": %d, "failed": %d, "spent": %s, "p50": %.3f, "p95": %.3f}\n',
    summary.requests / summary.duration * 1e6, thread_of:get("posted"),
    summary.errors.status + summary.errors.read + summary.errors.timeout, tostring(thread_of:get("spent")),
    latency:percentile(50) / 1000, latency:percentile(95) / 1000))
end
