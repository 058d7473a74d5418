"""Generated requests against every documented operation: `pytest -m schemathesis`."""

import pytest


@pytest.mark.schemathesis
@pytest.mark.parametrize("roles", [(), ("customer",), ("admin",)], ids=["anonymous", "customer", "staff"])
def test_no_generated_request_finds_a_defect_or_an_undocumented_answer(neighbours, attack, token, roles):
    assert attack(token(*roles) if roles else None) == ""


@pytest.mark.schemathesis
def test_nor_does_one_of_another_service(neighbours, attack, token):
    assert attack(token.of_service("orders")) == ""
