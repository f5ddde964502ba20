-- A lookup by key with three fields, another key each time.
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
local document = "query($id: Long){ Item(id: $id) { id name price } }"
local key = 0
request = function()
  key = (key * 7919 + 13) % 100000
  return wrk.format(nil, nil, nil, '{"query":"' .. document .. '","variables":{"id":' .. key .. '}}')
end
