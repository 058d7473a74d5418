"""Carts in memory, held to the same contract as those in Redis by `test_store.py`."""

import time
from dataclasses import dataclass, field

from prost_cart.domain import (
    DAY,
    MAX_LINES,
    MAX_QUANTITY,
    ORDER_SECONDS,
    CartNotFound,
    Line,
    LineNotFound,
    Merged,
    cart_is_full,
    too_many,
)
from prost_cart.store import Added


@dataclass
class _Cart:
    lines: dict[str, Line] = field(default_factory=dict)
    told: float = 0
    ends: float = 0


class MemoryStore:
    """What `CartStore` does, for one process; `now` is in seconds."""

    name = "memory"
    required = True

    def __init__(self):
        self.now = time.time()
        self.carts, self.orders = {}, {}

    async def start(self): ...

    async def stop(self): ...

    async def check(self): ...

    async def read(self, owner):
        cart = self._use(owner)
        return list(cart.lines.values()) if cart else []

    async def add(self, owner, line, *, begin=True):
        cart = self._find(owner.key)
        if cart is None and not begin:
            raise CartNotFound
        cart = cart or _Cart()
        there = cart.lines.get(line.variant_id)
        if there and there.quantity + line.quantity > MAX_QUANTITY:
            raise too_many(there.quantity)
        if not there and len(cart.lines) >= MAX_LINES:
            raise cart_is_full()
        cart.lines[line.variant_id] = (
            there._replace(quantity=there.quantity + line.quantity) if there else line
        )
        renew = self.now - cart.told >= DAY
        cart.told = self.now if renew else cart.told
        cart.ends = self.now + owner.seconds
        self.carts[owner.key] = cart
        return Added(list(cart.lines.values()), renew)

    async def change(self, owner, variant_id, quantity):
        cart = self._find(owner.key)
        if cart is None or variant_id not in cart.lines:
            raise LineNotFound("The cart has no such line.")
        cart.lines[variant_id] = cart.lines[variant_id]._replace(quantity=quantity)
        return await self.read(owner)

    async def remove(self, owner, *variant_ids):
        cart = self._find(owner.key) or _Cart()
        for variant_id in variant_ids:
            cart.lines.pop(variant_id, None)
        return await self.read(owner)

    async def clear(self, owner):
        await self.remove(owner, *[line.variant_id for line in await self.read(owner)])

    async def accept(self, owner, prices):
        cart = self._find(owner.key) or _Cart()
        for variant_id, price in prices:
            if variant_id in cart.lines:
                cart.lines[variant_id] = cart.lines[variant_id]._replace(seen=price)
        return await self.read(owner)

    async def merge(self, guest, customer):
        source, target = self._find(guest.key) or _Cart(), self._find(customer.key) or _Cart()
        moved, capped, left = 0, [], []
        for line in list(source.lines.values()):
            there = target.lines.get(line.variant_id)
            if not there and len(target.lines) >= MAX_LINES:
                left.append(line.variant_id)
                continue
            together = there.quantity + line.quantity if there else line.quantity
            if together > MAX_QUANTITY:
                capped.append(line.variant_id)
            target.lines[line.variant_id] = (there or line)._replace(quantity=min(together, MAX_QUANTITY))
            del source.lines[line.variant_id]
            moved += 1
        if moved:
            target.ends = self.now + customer.seconds
            self.carts[customer.key] = target
        return Merged(moved, tuple(capped), tuple(left)), await self.read(customer)

    async def take_out(self, owner, lines, order_id=None):
        if order_id is not None:
            if self.orders.get(order_id, 0) > self.now:
                return False
            self.orders[order_id] = self.now + ORDER_SECONDS
        cart = self._find(owner.key) or _Cart()
        for variant_id, quantity in lines:
            there = cart.lines.get(variant_id)
            if there and there.quantity > quantity:
                cart.lines[variant_id] = there._replace(quantity=there.quantity - quantity)
            else:
                cart.lines.pop(variant_id, None)
        return True

    def _find(self, key):
        cart = self.carts.get(key)
        if cart is not None and cart.ends <= self.now:
            del self.carts[key]
            return None
        return cart

    def _use(self, owner):
        cart = self._find(owner.key)
        if cart is not None:
            cart.ends = self.now + owner.seconds
        return cart
