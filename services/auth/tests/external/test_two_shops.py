"""Two shops with a database each: one signs people in with their accounts at the other."""

import json
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests

from prost.testing.servers import free_port
from prost_auth.use_cases.clients import register_client

PASSWORD = "korrekt pferd batterie"


@pytest.fixture(scope="module")
def shops(shared):
    """Serve a provider with two people, and a shop that knows nobody and trusts it; give both issuers."""
    port = free_port()
    callback = f"http://127.0.0.1:{port}/auth/external/prost/callback"
    facts = {
        "name": "Other shop",
        "redirect_uris": [callback],
        "post_logout_redirect_uris": [],
        "scopes": ["openid", "email", "profile"],
        "grant_types": ["authorization_code"],
        "audiences": [],
    }
    with shared.person(at_provider := shared.new_database()) as person:
        person("anna@example.org")
        person("ben@example.org")
        client, secret = register_client(facts, None, public=False)
    provider = shared.start(DATABASE_URL=at_provider)
    trusted = {
        "prost": {
            "name": "Prost",
            "issuer": provider,
            "client_id": client.client_id,
            "client_secret": secret,
        }
    }
    other = {"DATABASE_URL": shared.new_database(), "EXTERNAL_PROVIDERS": json.dumps(trusted)}
    return provider, shared.start(port, **other)


@pytest.fixture
def browser():
    """Give a browser that follows nothing by itself."""
    with requests.Session() as session:
        yield session


def go(browser, url):
    """Return where a page sends the browser."""
    return browser.get(url, allow_redirects=False, timeout=20).headers["Location"]


def allowed(provider, page, *, by="ben", allow=True):
    """Sign somebody in at the provider, decide, and return where the shop waits.

    Cookies know no ports, so the provider has a browser of its own.
    """
    signed_in = requests.post(
        f"{provider}/login", json={"email": f"{by}@example.org", "password": PASSWORD}, timeout=20
    ).json()
    request_id = dict(parse_qsl(urlsplit(page).query))["request"]
    return requests.post(
        f"{provider}/authorizations/{request_id}/decision",
        json={"allow": allow},
        headers={"Authorization": f"Bearer {signed_in['access_token']}"},
        timeout=20,
    ).json()["redirect_to"]


def own_account(browser, shop):
    """Return the account that the browser is signed in to at the shop."""
    cookie = {"Cookie": f"prost-refresh={browser.cookies.get('prost-refresh', path='/api/auth')}"}
    token = requests.post(f"{shop}/refresh", headers=cookie, timeout=20).json()["access_token"]
    return requests.get(f"{shop}/me", headers={"Authorization": f"Bearer {token}"}, timeout=20).json()


def test_somebody_signs_in_at_one_shop_with_their_account_at_the_other(shops, browser):
    provider, shop = shops
    listed = browser.get(f"{shop}/external", timeout=20).json()

    page = go(browser, go(browser, f"{shop}/external/prost/start?return_to=/en/cart"))
    landed = go(browser, allowed(provider, page, by="anna"))

    me = own_account(browser, shop)
    assert listed["items"] == [{"provider": "prost", "name": "Prost"}]
    assert landed == f"{shop.removesuffix('/auth')}/en/login/return?to=%2Fen%2Fcart"
    assert (me["email"], me["email_verified"], me["name"]) == ("anna@example.org", True, "Anna")
    assert (me["has_password"], me["language"]) == (False, "en")
    assert me["external"] == [{"provider": "prost", "email": "anna@example.org"}]


def test_who_comes_again_finds_their_account(shops, browser):
    provider, shop = shops
    page = go(browser, go(browser, f"{shop}/external/prost/start"))
    go(browser, allowed(provider, page))
    first = own_account(browser, shop)

    page = go(browser, go(browser, f"{shop}/external/prost/start?prompt=login"))
    go(browser, allowed(provider, page))

    assert own_account(browser, shop)["id"] == first["id"]


def test_who_refuses_at_the_provider_is_told_so_at_the_shop(shops, browser):
    provider, shop = shops
    page = go(browser, go(browser, f"{shop}/external/prost/start?return_to=/de/cart"))

    landed = go(browser, allowed(provider, page, allow=False))

    assert dict(parse_qsl(urlsplit(landed).query)) == {"problem": "external-denied", "to": "/de/cart"}
    assert "prost-refresh" not in browser.cookies


def test_an_answer_that_was_meant_for_another_browser_signs_nobody_in(shops, browser):
    provider, shop = shops
    page = go(browser, go(browser, f"{shop}/external/prost/start"))
    answer = allowed(provider, page)

    landed = go(requests, answer)
    replayed = go(browser, answer)

    problems = [dict(parse_qsl(urlsplit(url).query))["problem"] for url in (landed, replayed)]
    assert problems == ["external-expired", "external-expired"]
    assert "prost-refresh" not in browser.cookies
