"""Generated requests against every documented operation: `pytest -m schemathesis`."""

import pytest


@pytest.mark.schemathesis
@pytest.mark.parametrize("staff_roles", [None, (), ("admin",)], ids=["anonymous", "customer", "admin"])
def test_no_generated_request_finds_a_defect_or_an_undocumented_answer(attack, person, token, staff_roles):
    signed_in = staff_roles is not None
    account = person("anna@example.org", *(staff_roles or ()))
    roles = ("customer", *(staff_roles or ()))

    assert attack(token(*roles, subject=str(account.id)) if signed_in else None) == ""
