"""What happens to a cart inside Redis: each script is one use case, whole or not at all.

A cart is a hash: a field per variant with "place:quantity:price", and the field "#" with "places:told", the
number of the last place given away and the time at which a guest's cookie was last sent. The field stays when
the last line goes, so that the guest's token goes on being known.

Fields and values are answered in one text with blanks between them: a client takes it in at once, however
many there are.
"""

from typing import Final

from prost_cart.domain import MAX_LINES, MAX_QUANTITY

_COMMON: Final = (
    f"local MAX_LINES, MAX_QUANTITY = {MAX_LINES}, {MAX_QUANTITY}"
    """
local function parse(line)
  local place, quantity, price = string.match(line, '^(%d+):(%d+):(%d+)$')
  return tonumber(place), tonumber(quantity), tonumber(price)
end
local function put(key, variant, place, quantity, price)
  redis.call('HSET', key, variant, string.format('%d:%d:%d', place, quantity, price))
end
local function head(key)
  local places, told = string.match(redis.call('HGET', key, '#') or '0:0', '^(%d+):(%d+)$')
  return tonumber(places), tonumber(told)
end
local function keep(key, places, told)
  redis.call('HSET', key, '#', string.format('%d:%d', places, told))
end
local function lines_in(key)
  return redis.call('HLEN', key) - redis.call('HEXISTS', key, '#')
end
local function take(key, variant, quantity)
  local line = redis.call('HGET', key, variant)
  if line then
    local place, held, price = parse(line)
    if held > quantity then put(key, variant, place, held - quantity, price)
    else redis.call('HDEL', key, variant) end
  end
end
local function answer(key, ttl)
  redis.call('EXPIRE', key, ttl)
  return table.concat(redis.call('HGETALL', key), ' ')
end
"""
)

READ: Final = _COMMON + "return answer(KEYS[1], ARGV[1])"
"""Keys: cart. Arguments: ttl. Returns its fields."""

ADD: Final = (
    _COMMON
    + """
local key = KEYS[1]
if ARGV[7] == '0' and redis.call('EXISTS', key) == 0 then return '-3 0' end
local variant, quantity, price, now = ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
local places, told = head(key)
local line = redis.call('HGET', key, variant)
if line then
  local place, held, seen = parse(line)
  if held + quantity > MAX_QUANTITY then return '-1 ' .. held end
  put(key, variant, place, held + quantity, seen)
else
  if lines_in(key) >= MAX_LINES then return '-2 0' end
  places = places + 1
  put(key, variant, places, quantity, price)
end
local renew = 0
if now - told >= tonumber(ARGV[6]) then renew, told = 1, now end
keep(key, places, told)
return '1 ' .. renew .. ' ' .. answer(key, ARGV[1])
"""
)
"""Keys: cart. Arguments: ttl, variant, quantity, price, now, renewal, and 1 where a cart may begin.

Returns 1, whether its cookie is older than `renewal` seconds, and the fields; or -1 and how many are there
where more do not fit, -2 where no more lines do, -3 where there is no cart.
"""

SET: Final = (
    _COMMON
    + """
local line = redis.call('HGET', KEYS[1], ARGV[2])
if not line then return false end
local place, held, price = parse(line)
put(KEYS[1], ARGV[2], place, tonumber(ARGV[3]), price)
return answer(KEYS[1], ARGV[1])
"""
)
"""Keys: cart. Arguments: ttl, variant, quantity. Returns the fields, nil without such a line."""

REMOVE: Final = (
    _COMMON
    + """
for i = 2, #ARGV do redis.call('HDEL', KEYS[1], ARGV[i]) end
return answer(KEYS[1], ARGV[1])
"""
)
"""Keys: cart. Arguments: ttl, variants. Returns the fields."""

CLEAR: Final = (
    _COMMON
    + """
for _, field in ipairs(redis.call('HKEYS', KEYS[1])) do
  if field ~= '#' then redis.call('HDEL', KEYS[1], field) end
end
return answer(KEYS[1], ARGV[1])
"""
)
"""Keys: cart. Arguments: ttl. Returns the fields."""

ACCEPT: Final = (
    _COMMON
    + """
for i = 2, #ARGV, 2 do
  local line = redis.call('HGET', KEYS[1], ARGV[i])
  if line then
    local place, quantity = parse(line)
    put(KEYS[1], ARGV[i], place, quantity, tonumber(ARGV[i + 1]))
  end
end
return answer(KEYS[1], ARGV[1])
"""
)
"""Keys: cart. Arguments: ttl, then variant and price by turns. Returns the fields."""

MERGE: Final = (
    _COMMON
    + """
local fields, lines = redis.call('HGETALL', KEYS[1]), {}
for i = 1, #fields, 2 do
  if fields[i] ~= '#' then
    local place, quantity, price = parse(fields[i + 1])
    lines[#lines + 1] = {fields[i], place, quantity, price}
  end
end
table.sort(lines, function(one, other) return one[2] < other[2] end)
local places, told = head(KEYS[2])
local count, moved, capped, left = lines_in(KEYS[2]), 0, {}, {}
for _, line in ipairs(lines) do
  local variant, quantity = line[1], line[3]
  local there = redis.call('HGET', KEYS[2], variant)
  if not there and count >= MAX_LINES then
    left[#left + 1] = variant
  else
    if there then
      local place, held, price = parse(there)
      if held + quantity > MAX_QUANTITY then capped[#capped + 1] = variant end
      put(KEYS[2], variant, place, math.min(held + quantity, MAX_QUANTITY), price)
    else
      count, places = count + 1, places + 1
      put(KEYS[2], variant, places, quantity, line[4])
    end
    redis.call('HDEL', KEYS[1], variant)
    moved = moved + 1
  end
end
if moved > 0 then keep(KEYS[2], places, told) end
return {moved, capped, left, answer(KEYS[2], ARGV[1])}
"""
)
"""Keys: guest's cart, customer's cart. Arguments: ttl.

A line that finds no room stays with the guest. Returns how many lines moved, which met the limit, which
stayed, and the customer's fields.
"""

TAKE_OUT: Final = (
    _COMMON
    + """
if #KEYS == 2 and not redis.call('SET', KEYS[2], 1, 'NX', 'EX', ARGV[1]) then return 0 end
for i = 2, #ARGV, 2 do take(KEYS[1], ARGV[i], tonumber(ARGV[i + 1])) end
return 1
"""
)
"""Keys: cart, the mark of an order. Arguments: the mark's ttl, then variant and quantity by turns.

Returns 1, or 0 where the mark was there and nothing was done.
"""
