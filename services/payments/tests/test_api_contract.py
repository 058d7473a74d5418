"""Generated requests against every documented operation: `pytest -m schemathesis`."""

import pytest


@pytest.mark.schemathesis
@pytest.mark.parametrize("caller", ["anyone", "customer", "orders", "staff"])
def test_no_generated_request_finds_a_defect_or_an_undocumented_answer(attack, token, caller):
    tokens = {
        "anyone": None,
        "customer": token("customer"),
        "orders": token.of_service("orders"),
        "staff": token("admin"),
    }

    assert attack(tokens[caller]) == ""
