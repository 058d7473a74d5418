"""Every operation of every service, tried by everybody, and held against what it declares."""

from __future__ import annotations

import pytest

from .declared import operations, sample_of, specs
from .doors import send
from .personas import OTHER, OWNER, PERSONAS, refusal

pytestmark = pytest.mark.enable_socket

EVERY = pytest.mark.parametrize("operation", operations(), ids=str)
EVERY_OWNED = pytest.mark.parametrize("operation", [each for each in operations() if each.owned], ids=str)
EVERYBODY = pytest.mark.parametrize("persona", PERSONAS, ids=str)
BOTH_DOORS = pytest.mark.parametrize("outside", [True, False], ids=["gateway", "service"])


@EVERY
def test_the_gateway_asks_for_what_the_operation_asks_for(operation):
    assert operation.declared in {operation.auth, None}


@EVERY
@EVERYBODY
@BOTH_DOORS
def test_an_operation_lets_in_whom_it_declares_and_nobody_else(doors, operation, persona, outside):
    expected = refusal(operation, persona, outside=outside)

    answer = doors.knock(operation, persona, outside=outside, is_admitted=expected is None)

    assert answer.status < 500
    assert expected in {None, answer.status}
    assert expected or operation.has_its_own_mind or answer.status not in {401, 403}
    assert expected != 401 or answer.headers["WWW-Authenticate"].startswith("Bearer")


@EVERY_OWNED
@BOTH_DOORS
async def test_a_row_is_there_for_its_owner_and_for_no_other_customer(doors, operation, outside):
    parameters, body = await doors.made(sample_of(operation), operation, OWNER)
    row = {"outside": outside, "parameters": parameters, "body": body, "is_admitted": True}

    to_other = doors.knock(operation, OTHER, **row)
    to_owner = doors.knock(operation, OWNER, **row)

    assert to_other.status == 404
    assert to_owner.status not in {401, 403, 404}
    assert to_owner.status < 500


@pytest.mark.parametrize("name", specs())
@pytest.mark.parametrize(
    "path", ["/health/ready", "/openapi.json", "/internal", "/internal/anything", "/nothing-of-the-kind"]
)
def test_what_a_service_does_not_declare_is_not_there(doors, name, path):
    assert send(doors.gateway, "GET", f"{specs()[name].http.prefix}{path}").status == 404
