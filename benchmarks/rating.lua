-- One rating after another, each as a form of its own would be sent.
-- With a file of tokens: the portal's form, a fresh token and another address each time; with a number behind it,
-- to so many services in turn. With "isso": a comment as Isso takes it. Without anything: the bare view's form.
local tokens, services, isso, count = nil, nil, false, 0
local headers = { ["Content-Type"] = "application/x-www-form-urlencoded" }
local STRIDE = 40000 -- tokens set apart for one run

function init(args)
  if not args[1] then return end
  if args[1] == "isso" then
    isso = true
    headers["Content-Type"] = "application/json"
    return
  end
  services = tonumber(args[2] or "")
  local pointer = io.open(args[1] .. ".next", "r")
  local start = pointer and tonumber(pointer:read("*a")) or 0
  if pointer then pointer:close() end
  pointer = io.open(args[1] .. ".next", "w")
  pointer:write(tostring(start + STRIDE))
  pointer:close()
  tokens = {}
  local line = 0
  for token in io.lines(args[1]) do
    line = line + 1
    if line > start and line <= start + STRIDE then tokens[#tokens + 1] = token end
  end
end

function request()
  count = count + 1
  local level = tostring(count % 5 + 1)
  if isso then
    return wrk.format("POST", nil, headers, '{"text": "level ' .. level .. '", "title": "permits"}')
  end
  if not tokens then
    return wrk.format("POST", nil, headers, "service=permits&level=" .. level)
  end
  headers["X-Forwarded-For"] = "198.51." .. math.floor(count / 250) % 250 .. "." .. count % 250
  local path = services and "/rate/service-" .. count % services
  return wrk.format("POST", path, headers, "receipt=&visit=&level=" .. level .. "&form_token=" .. tokens[count])
end
