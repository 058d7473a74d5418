"""The way to a provider and back, over HTTP."""

import json

import pytest

AWAY = {
    "away": {"name": "Away", "issuer": "http://127.0.0.1:1", "client_id": "prost", "client_secret": "secret"}
}


@pytest.fixture
def environment(environment, monkeypatch):
    """Trust a provider that is away."""
    monkeypatch.setenv("PROST_EXTERNAL_PROVIDERS", json.dumps(AWAY))


async def test_a_provider_that_is_away_leads_back_with_a_problem(client):
    answer = await client.get("/auth/external/away/start?return_to=/en/cart")

    assert answer.status_code == 303
    assert answer.headers["location"] == (
        "http://127.0.0.1:8080/en/login/return?problem=external-unavailable&to=%2Fen%2Fcart"
    )


@pytest.mark.parametrize("path", ["start", "callback"])
async def test_there_is_no_other_provider(client, path):
    answer = await client.get(f"/auth/external/google/{path}")

    assert (answer.status_code, answer.json["code"]) == (404, "provider-not-found")


@pytest.mark.parametrize(
    "query", ["", "?state=made-up&code=x", "?error=access_denied", "?state=%E2%82%AC&more=1"]
)
async def test_an_answer_that_nobody_waits_for_signs_nobody_in(client, query):
    answer = await client.get(f"/auth/external/away/callback{query}", headers={"Accept-Language": "en"})

    assert answer.headers["location"] == "http://127.0.0.1:8080/en/login/return?problem=external-expired"
    assert "prost-refresh" not in answer.cookies
