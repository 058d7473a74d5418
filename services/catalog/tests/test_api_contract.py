"""Generated requests against every documented operation: `pytest -m schemathesis`."""

import pytest


@pytest.mark.schemathesis
@pytest.mark.parametrize("roles", [(), ("admin",)], ids=["anonymous", "admin"])
def test_no_generated_request_finds_a_defect_or_an_undocumented_answer(make_product, attack, token, roles):
    make_product("Augustinus Helles")

    assert attack(token(*roles) if roles else None) == ""
