"""Generated requests against every documented operation: `pytest -m schemathesis`."""

import pytest

from prost_inventory.use_cases.goods import set_threshold


@pytest.mark.schemathesis
@pytest.mark.parametrize("caller", ["anyone", "customer", "orders", "staff"])
def test_no_generated_request_finds_a_defect_or_an_undocumented_answer(shelf, attack, token, caller):
    shelf("A", 1000)
    shelf("A0", 5)
    set_threshold("A", 100)
    tokens = {
        "anyone": None,
        "customer": token("customer"),
        "orders": token.of_service("orders"),
        "staff": token("admin"),
    }

    assert attack(tokens[caller]) == ""
