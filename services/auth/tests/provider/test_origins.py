"""Scripts of applications at other origins: who may read the answers of which endpoints."""

from urllib.parse import urlencode

import pytest

from prost.spec import ServiceSpec
from prost_auth.domain.clients import origin_of
from prost_auth.resources.origins import OPEN_TO_APPLICATIONS

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
NOTES = {"Origin": "https://notes.example"}


async def asks(client, path, origin, method="POST"):
    """Ask as a browser does before it sends what a script wants sent."""
    headers = {"Origin": origin, "Access-Control-Request-Method": method}
    return await client.options(path, headers=headers)


@pytest.mark.parametrize("path", sorted(OPEN_TO_APPLICATIONS))
@pytest.mark.usefixtures("public_application")
async def test_a_browser_learns_that_a_public_applications_scripts_may_call(client, path):
    preflight = await asks(client, path, "https://notes.example")

    assert preflight.status_code == 204
    assert preflight.headers["access-control-allow-origin"] == "https://notes.example"
    assert preflight.headers["access-control-allow-headers"] == "Authorization, Content-Type"
    assert "access-control-allow-credentials" not in preflight.headers


async def test_a_script_exchanges_its_code_and_reads_who_somebody_is(
    client, public_application, anna, at_shop
):
    form = {
        "grant_type": "authorization_code",
        "client_id": public_application.client_id,
        "code": public_application.is_allowed(at_shop(anna)),
        "redirect_uri": public_application.redirect_uri,
        "code_verifier": public_application.verifier,
    }

    granted = await client.post("/auth/token", body=urlencode(form), headers=FORM | NOTES)
    bearer = {"Authorization": f"Bearer {granted.json['access_token']}"}
    told = await client.get("/auth/userinfo", headers=bearer | NOTES)

    assert (granted.status_code, told.json["sub"]) == (200, str(anna.id))
    allowed = {each.headers["access-control-allow-origin"] for each in (granted, told)}
    assert allowed == {"https://notes.example"}


@pytest.mark.usefixtures("public_application")
async def test_a_script_reads_why_it_was_refused(client):
    refused = await client.get("/auth/userinfo", headers=NOTES)

    assert refused.status_code == 401
    assert refused.headers["access-control-allow-origin"] == "https://notes.example"
    assert "WWW-Authenticate" in refused.headers["access-control-expose-headers"]


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "https://notes.example.evil.example",
        "http://notes.example",
        "https://notes.example:8443",
        "https://NOTES.example",
        "https://notes.example/",
        "null",
        "",
    ],
)
@pytest.mark.usefixtures("public_application")
async def test_no_other_origin_is_let_in(client, origin):
    preflight = await asks(client, "/auth/token", origin)
    answer = await client.post("/auth/token", body="", headers=FORM | {"Origin": origin})

    assert "access-control-allow-origin" not in {*preflight.headers, *answer.headers}
    assert answer.headers["vary"] == "Origin"


@pytest.mark.usefixtures("application")
async def test_an_application_with_a_secret_has_no_scripts_to_let_in(client):
    preflight = await asks(client, "/auth/token", "https://notes.example")

    assert "access-control-allow-origin" not in preflight.headers


@pytest.mark.parametrize("path", ["/auth/refresh", "/auth/login", "/auth/me", "/auth/introspect"])
@pytest.mark.usefixtures("public_application")
async def test_nothing_else_is_opened_to_applications(client, path):
    preflight = await asks(client, path, "https://notes.example")
    answer = await client.post(path, json={}, headers=NOTES)

    assert "access-control-allow-origin" not in {*preflight.headers, *answer.headers}


def test_the_declaration_lets_browsers_ask_where_this_service_answers_them(service_home):
    public = ServiceSpec.load(service_home).http.public

    assert {entry.path for entry in public if entry.scripts == "service"} == OPEN_TO_APPLICATIONS


@pytest.mark.parametrize(
    ("uri", "origin"),
    [
        ("https://notes.example/back?x=1", "https://notes.example"),
        ("https://Notes.Example:443", "https://notes.example"),
        ("https://notes.example:8443/back", "https://notes.example:8443"),
        ("http://127.0.0.1:3000/back", "http://127.0.0.1:3000"),
        ("http://localhost:80/", "http://localhost"),
        ("http://[::1]:5173/back", "http://[::1]:5173"),
        ("com.example.app:/back", None),
    ],
)
def test_an_origin_is_written_as_browsers_write_it(uri, origin):
    assert origin_of(uri) == origin
