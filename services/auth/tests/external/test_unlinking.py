"""Doing without a provider again, and what must be left then."""

import asyncio
import json

import pytest

from prost_auth.domain.callers import Caller
from prost_auth.domain.external import Proven
from prost_auth.models.audit import SecurityEvent
from prost_auth.models.external import ExternalIdentity
from prost_auth.models.mails import Mail
from prost_auth.models.sessions import Session
from prost_auth.use_cases.external import sign_in_external
from prost_auth.use_cases.sessions import open_session
from prost_auth.use_cases.tokens import issue_access_token

HERE = Caller("192.0.2.1", "Firefox")
PROVIDERS = {
    name: {"name": name.title(), "issuer": f"https://{name}.example", "client_id": "a", "client_secret": "b"}
    for name in ("google", "apple")
}


@pytest.fixture
def environment(environment, monkeypatch):
    """Trust two providers."""
    monkeypatch.setenv("PROST_EXTERNAL_PROVIDERS", json.dumps(PROVIDERS))


def come_from(provider, subject="1"):
    """Sign Anna in with her account at a provider."""
    return sign_in_external(
        Proven(provider, subject, "anna@example.org", email_verified=True, name="Anna", auth_time=None),
        "de",
        HERE,
    )


def headers(opened):
    """Return the Authorization header of a session."""
    return {"Authorization": f"Bearer {issue_access_token(opened.session, opened.account).token}"}


async def unlinked(client, opened, provider="google"):
    """Have a provider unlinked in a session, and return the answer."""
    return await client.delete(f"/auth/me/external/{provider}", headers=headers(opened))


async def test_who_has_a_password_can_do_without_every_provider(client, person):
    person("anna@example.org")
    opened = come_from("google")

    answer = await unlinked(client, opened)
    me = await client.get("/auth/me", headers=headers(opened))

    assert (answer.status_code, me.json["external"]) == (204, [])
    assert [mail.template for mail in Mail.select().order_by(Mail.id)][-1] == "external-unlinked"
    [event] = SecurityEvent.select().where(SecurityEvent.kind == "external-unlinked")
    assert (event.account_id, event.detail) == (opened.account.id, {"provider": "google", "ended": 0})


async def test_all_accounts_at_a_provider_go_and_those_at_others_stay(client, person):
    person("anna@example.org")
    come_from("google", "1")
    come_from("apple")
    opened = come_from("google", "2")

    await unlinked(client, opened)

    assert [identity.provider for identity in ExternalIdentity.select()] == ["apple"]


async def test_the_last_way_to_sign_in_stays(client):
    opened = come_from("google")

    answer = await unlinked(client, opened)

    assert (answer.status_code, answer.json["code"]) == (409, "last-way-to-sign-in")
    assert ExternalIdentity.select().count() == 1


async def test_another_provider_is_a_way_to_sign_in(client):
    come_from("apple")
    opened = come_from("google")

    assert (await unlinked(client, opened)).status_code == 204


async def test_a_provider_that_nobody_can_sign_in_with_any_more_is_no_way(client):
    opened = come_from("google")
    ExternalIdentity.create(account=opened.account, provider="gone", subject="1", email="anna@example.org")

    refused = await unlinked(client, opened)
    tidied = await unlinked(client, opened, "gone")

    assert (refused.status_code, tidied.status_code) == (409, 204)


async def test_of_two_ways_that_are_given_up_at_once_one_stays(client):
    opened = come_from("google")
    come_from("apple")

    answers = await asyncio.gather(unlinked(client, opened), unlinked(client, opened, "apple"))

    assert sorted(answer.status_code for answer in answers) == [204, 409]
    assert ExternalIdentity.select().count() == 1


async def test_whoever_else_was_signed_in_by_the_provider_is_not_any_more(client, person):
    anna = person("anna@example.org")
    elsewhere = come_from("google")
    by_password = open_session(anna, amr=["pwd"], client_id=None, scope="", device="", ip="")
    opened = come_from("google")

    await unlinked(client, opened)

    ended = {session.id for session in Session.select() if session.ended_at is not None}
    assert ended == {elsewhere.session.id}
    assert by_password.session.id not in ended


async def test_nobody_unlinks_what_is_not_theirs(client, person):
    come_from("google")
    bens = person("ben@example.org")
    opened = open_session(bens, amr=["pwd"], client_id=None, scope="", device="", ip="")

    answer = await unlinked(client, opened)

    assert (answer.status_code, answer.json["code"]) == (404, "identity-not-found")
    assert ExternalIdentity.select().count() == 1


async def test_who_comes_again_from_there_is_connected_again_and_told_so(client, person):
    person("anna@example.org")
    opened = come_from("google")
    await unlinked(client, opened)

    again = come_from("google")

    assert again.account.id == opened.account.id
    assert [mail.template for mail in Mail.select().order_by(Mail.id)] == [
        "external-linked",
        "external-unlinked",
        "external-linked",
    ]
