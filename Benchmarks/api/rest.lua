-- The same lookup over REST.
local key = 0
request = function()
  key = (key * 7919 + 13) % 100000
  return wrk.format("GET", "/v1/rest/queries/Item?id=" .. key)
end
