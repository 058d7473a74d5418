"""Webhooks: forged, broken, old, repeated, out of order."""

import asyncio
import hashlib
import hmac
import json
import time
from typing import Any
from uuid import uuid4

from chaos.buyers import CONFIRMED, Buyer
from chaos.shop import Answer, Drink, Shop

_PATH = "/api/payments/webhooks/fake"
_HEADER = "Prost-Signature"
_SECRET = "what the fake provider signs with"  # noqa: S105 - of development, and refused in production
_OLD = 3600
_RUBBISH = (b"", b"{", b"[]", b"null", b"\x00" * 1000, b"{" * 100_000, b'{"id": 1e999}')


async def forged(shop: Shop, drink: Drink) -> tuple[Any, Any]:
    """What the provider did not sign, or not just now, or not for this body, changes nothing."""
    buyer, order = await _waiting_for_the_bank(shop, drink)
    body = _event(order, "charge.succeeded")
    now = int(time.time())
    signatures = {
        "none": None,
        "rubbish": "t=1,v1=zz",
        "of somebody else": _signature(body, now, "guessed"),
        "of another body": _signature(_event(order, "charge.failed"), now),
        "of an hour ago": _signature(body, now - _OLD),
        "of an hour ahead": _signature(body, now + _OLD),
        "with two times": f"t={now}," + _signature(body, now - _OLD),
    }
    refused = [
        name for name, each in signatures.items() if (await _send(shop, body, each)).status in {400, 401, 403}
    ]
    state = (await buyer.send("GET", f"/api/orders/{order}")).body["state"]
    return (list(signatures), "AWAITING_PAYMENT"), (refused, state)


async def broken(shop: Shop, drink: Drink) -> tuple[Any, Any]:  # noqa: ARG001 - each case is asked alike
    """Rubbish is refused even when it is signed, and is never a fault of the shop's."""
    now = int(time.time())
    answers = [
        await _send(shop, body, signature) for body in _RUBBISH for signature in (None, _signature(body, now))
    ]
    return [], [each.status for each in answers if not 400 <= each.status < 500]  # noqa: PLR2004


async def a_lie(shop: Shop, drink: Drink) -> tuple[Any, Any]:
    """An event is a hint to ask the provider: one that says what is not so confirms no order."""
    buyer, order = await _waiting_for_the_bank(shop, drink)
    body = _event(order, "charge.succeeded")
    answer = await _send(shop, body, _signature(body, int(time.time())))
    await asyncio.sleep(1)
    state = (await buyer.send("GET", f"/api/orders/{order}")).body["state"]
    return (True, "AWAITING_PAYMENT"), (answer.status < 300, state)  # noqa: PLR2004


async def repeated_and_out_of_order(shop: Shop, drink: Drink) -> tuple[Any, Any]:
    """The same events five times at once, the last one first, are one payment."""
    buyer, key = Buyer(shop), str(uuid4())
    await buyer.fill(drink)
    order = (await buyer.place(key, payment_method="pm_late_webhook")).body
    now = int(time.time())
    bodies = [_event(order["id"], kind) for kind in ("charge.failed", "charge.captured", "charge.succeeded")]
    answers = await asyncio.gather(
        *(_send(shop, body, _signature(body, now)) for body in bodies for _ in range(5))
    )
    bought = await buyer.buy(key, payment_method="pm_late_webhook")
    late = await asyncio.gather(*(_send(shop, body, _signature(body, int(time.time()))) for body in bodies))
    again = (await buyer.send("GET", f"/api/orders/{order['id']}")).body
    found = [each.status for each in (*answers, *late) if each.status >= 300]  # noqa: PLR2004
    return ([], CONFIRMED, CONFIRMED), (found, bought["state"], again["state"])


async def _waiting_for_the_bank(shop: Shop, drink: Drink) -> tuple[Buyer, str]:
    buyer = Buyer(shop)
    await buyer.fill(drink)
    answer = await buyer.place(str(uuid4()), payment_method="pm_card_threeDSecureRequired")
    return buyer, str(answer.body["id"])


def _event(order_id: str, kind: str) -> bytes:
    return json.dumps({"id": str(uuid4()), "type": kind, "order_id": order_id}).encode()


def _signature(body: bytes, at: int, secret: str = _SECRET) -> str:
    mac = hmac.new(secret.encode(), str(at).encode() + b"." + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={mac}"


async def _send(shop: Shop, body: bytes, signature: str | None) -> Answer:
    headers = {"Content-Type": "application/json"} | ({_HEADER: signature} if signature is not None else {})
    return await shop.send("POST", _PATH, headers=headers, data=body)


CASES = {
    "webhooks that nobody signed": forged,
    "webhooks that are rubbish": broken,
    "a webhook that lies": a_lie,
    "webhooks repeated and out of order": repeated_and_out_of_order,
}
SHORT = ("webhooks that nobody signed",)
