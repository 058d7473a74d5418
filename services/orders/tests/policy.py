"""Rows of a customer's own, for the policy test: see the README of prost-cli."""

from typing import Any


async def a_list_of_orders(_client: Any, owner: Any) -> dict[str, str]:
    """Name the customer: there is a list, empty or not, for everybody."""
    return {"customer_id": owner.subject}


SAMPLES = {"/orders/user/{customer_id}": a_list_of_orders}
