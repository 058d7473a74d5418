"""Each process is killed while an order is at each step; then there is one order, one capture, one hold."""

import asyncio
import time
from collections.abc import Iterable, Sequence
from itertools import product
from typing import Any, NamedTuple
from uuid import uuid4

from chaos.buyers import CONFIRMED, DECIDED, Buyer
from chaos.report import Report, write_matrix
from chaos.rig import PATIENCE, ROOT, until
from chaos.shop import BETWEEN, Drink, Shop

NAME = "crashes"
DOCUMENT = ROOT / "docs" / "chaos.md"

STEPS = {
    "orders": (
        "after-place",
        "after-reserve",
        "after-charge",
        "after-deduct",
        "after-capture",
        "after-confirm",
        "after-checked-out",
    ),
    "payments": ("before-provider", "after-provider", "after-capture"),
}
POINTS = tuple(f"{service}.{step}" for service, steps in STEPS.items() for step in steps)
VICTIMS = (
    "orders:web",
    "orders:worker",
    "inventory:web",
    "inventory:worker",
    "payments:web",
    "payments:worker",
    "cart:web",
    "postgres",
    "valkey",
    "gateway",
)
_LONGEST = 30
_WANTED = "one order, confirmed or compensated"
_ALONE = "orders:web"
"""Whose death leaves a lease behind, for half a minute: those orders are waited for together."""
_TOGETHER = 5
_CHARGES = "SELECT state, amount_minor - refunded_minor AS kept FROM fake_charges WHERE order_id = %s"
_MOVED = "SELECT coalesce(-sum(delta), 0)::integer AS bottles FROM movements WHERE order_id = %s"


class Cell(NamedTuple):
    """Who is killed, and where the order is at that moment."""

    point: str
    victim: str

    @property
    def is_suicide(self) -> bool:
        """Whether the process that comes to the point is the one that dies."""
        return self.victim == f"{self.point.partition('.')[0]}:web"


class Struck(NamedTuple):
    """A cell whose victim has been killed, and the buyer who does not know."""

    cell: Cell
    buyer: Buyer
    key: str
    buying: asyncio.Task[dict[str, Any]]


WORST = (
    Cell("orders.after-charge", "orders:web"),
    Cell("orders.after-capture", "orders:web"),
    Cell("payments.after-provider", "payments:web"),
    Cell("orders.after-reserve", "postgres"),
    Cell("orders.after-deduct", "inventory:web"),
)
"""The moments at which other shops lose money or goods."""


async def prove(shop: Shop, report: Report) -> None:
    """Go through the whole matrix and write it to its document."""
    await fill(shop, report, "matrix", VICTIMS)


async def fill(shop: Shop, report: Report, matrix: str, victims: Sequence[str]) -> None:
    """Kill each victim at each step, and write what came of it into that matrix of the document."""
    cells = [Cell(*each) for each in product(POINTS, victims)]
    alone = [cell for cell in cells if cell.victim == _ALONE]
    batches = [alone[at : at + _TOGETHER] for at in range(0, len(alone), _TOGETHER)]
    batches += [[cell] for cell in cells if cell.victim != _ALONE]
    rows: dict[str, dict[str, str]] = {point: {} for point in POINTS}
    for batch in batches:
        struck = await strike(shop, batch)
        for cell, end in (await outcomes(shop, report, struck)).items():
            rows[cell.point][cell.victim] = end.lower()
    write_matrix(DOCUMENT, matrix, victims, rows)


async def strike(shop: Shop, cells: Iterable[Cell]) -> list[Struck]:
    """Have an order come to each point, and kill the victim there; the orders go on by themselves."""
    drink = await shop.drink()
    await shop.put_on_shelf(drink, 1000)
    return [await _strike(shop, drink, cell) for cell in cells]


async def outcomes(shop: Shop, report: Report, struck: Iterable[Struck]) -> dict[Cell, str]:
    """Wait for what becomes of the orders: the state of each, or what is wrong with it."""
    bought = [(each, await _bought(each)) for each in struck]
    await shop.rig.await_up()
    problems = await shop.violations()
    ends: dict[Cell, str] = {}
    for each, order in bought:
        end = order if isinstance(order, str) else await _judge(shop, each, order)
        # Each is to blame for what does not hold until it is known who is.
        end = ends[each.cell] = "; ".join([end, *problems])
        name = f"{each.cell.victim} at {each.cell.point}"
        report.add(NAME, name, end if end in DECIDED else _WANTED, end)
    return ends


async def _strike(shop: Shop, drink: Drink, cell: Cell) -> Struck:
    rig, buyer, key = shop.rig, Buyer(shop), str(uuid4())
    await rig.await_up()
    await buyer.fill(drink)
    rig.arm(cell.point, "kill once" if cell.is_suicide else f"delay {_LONGEST} once")
    buying = asyncio.create_task(buyer.buy(key))
    try:
        await until(lambda: rig.is_met(cell.point) or buying.done(), f"{cell.point} is met")
        if rig.is_met(cell.point) and not cell.is_suicide:
            await asyncio.to_thread(rig.kill, cell.victim)
    except (LookupError, TimeoutError) as error:
        buying.cancel(str(error))
    finally:
        met = rig.is_met(cell.point)
        rig.disarm()
    if not met:
        buying.cancel(f"{cell.point} was never met")
    return Struck(cell, buyer, key, buying)


async def _bought(struck: Struck) -> dict[str, Any] | str:
    """Return the order once it is decided, or why there is none."""
    try:
        return await struck.buying
    except asyncio.CancelledError as error:
        if not struck.buying.cancelled():
            raise
        return str(error)
    except Exception as error:  # noqa: BLE001 - whatever it is, this cell does not hold and the others may
        return f"{type(error).__name__}: {error}"


async def _judge(shop: Shop, struck: Struck, order: dict[str, Any]) -> str:
    confirmed = order["state"] == CONFIRMED
    again = await struck.buyer.buy(struck.key)
    charges = shop.rig.rows("payments", _CHARGES, order["id"])
    bottles = shop.rig.rows("inventory", _MOVED, order["id"])[0]["bottles"]
    kept = [each for each in charges if each["state"] in {"CAPTURED", "AUTHORIZED"} and each["kept"]]
    problems = {
        "the same key has made a second order": again["id"] != order["id"],
        f"{bottles} bottles have left": bottles != confirmed,
        f"the provider has {kept}": [each["state"] for each in kept] != ["CAPTURED"] * confirmed,
        "the cart is still full": confirmed and not await _emptied(struck.buyer),
    }
    return "; ".join([str(order["state"]), *(text for text, is_so in problems.items() if is_so)])


async def _emptied(buyer: Buyer) -> bool:
    """Wait for what was bought to be out of the cart, which comes last and may be tried again."""
    end = time.monotonic() + PATIENCE
    while await buyer.cart():
        if time.monotonic() > end:
            return False
        await asyncio.sleep(BETWEEN)
    return True
