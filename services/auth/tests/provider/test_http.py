"""The provider over HTTP: redirects, forms, RFC 6749's errors, and who is let in."""

from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from prost_auth.domain.callers import Caller
from prost_auth.models.accounts import Account
from prost_auth.models.audit import SecurityEvent
from prost_auth.models.clients import Client
from prost_auth.models.keys import SigningKey
from prost_auth.models.sessions import Session
from prost_auth.use_cases.consents import withdraw_consent
from prost_auth.use_cases.sessions import open_session
from prost_auth.use_cases.tokens import issue_access_token

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture
def bearer():
    """Give the function that signs somebody in at the shop and returns their Authorization header."""

    def sign_in(account, *amr):
        opened = open_session(account, amr=amr or ["pwd"], client_id=None, scope="", device="", ip="")
        return {"Authorization": f"Bearer {issue_access_token(opened.session, account).token}"}

    return sign_in


@pytest.fixture
def admin(anna):
    """Give Anna's account the role admin."""
    anna.staff_roles = ["admin"]
    anna.save()
    return anna


def query(parameters):
    """Return parameters as a query string."""
    return urlencode(parameters, doseq=True)


async def asked(client, application, **changes):
    """Send a browser to the authorization endpoint and return the id of the request that waits then."""
    answer = await client.get(f"/auth/authorize?{query(application.asks(**changes))}")
    return dict(parse_qsl(urlsplit(answer.headers["location"]).query))["request"]


async def posted(client, endpoint, application=None, **form):
    """Post a form, as the application if one is given."""
    if application is not None:
        form |= {"client_id": application.client_id, "client_secret": application.secret}
    return await client.post(f"/auth/{endpoint}", body=urlencode(form), headers=FORM)


async def test_a_browser_is_sent_to_the_shops_own_page(client, application):
    answer = await client.get(
        f"/auth/authorize?{query(application.asks())}", headers={"Accept-Language": "fr, en;q=0.8, de;q=0.5"}
    )

    assert answer.status_code == 303
    assert answer.headers["location"].startswith("http://127.0.0.1:8080/en/authorize?request=")
    assert answer.headers["cache-control"] == "no-store"


async def test_the_page_is_in_the_language_that_the_client_asks_for(client, application):
    answer = await client.get(
        f"/auth/authorize?{query(application.asks(ui_locales='fr en'))}", headers={"Accept-Language": "de"}
    )

    assert answer.headers["location"].startswith("http://127.0.0.1:8080/en/authorize?")


async def test_an_authorization_request_can_be_a_form(client, application):
    answer = await client.post("/auth/authorize", body=query(application.asks()), headers=FORM)

    assert answer.status_code == 303
    assert answer.headers["location"].startswith("http://127.0.0.1:8080/de/authorize?request=")


async def test_what_a_client_asks_wrong_is_told_at_its_own_address(client, application):
    answer = await client.get(f"/auth/authorize?{query(application.asks(code_challenge=None))}")

    told = application.is_told(answer.headers["location"])
    assert answer.status_code == 303
    assert (told["error"], told["state"]) == ("invalid_request", "af0ifjsldkj")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"client_id": "nobody"}, "client-unknown"),
        ({"client_id": None}, "client-unknown"),
        ({"redirect_uri": "https://evil.example/"}, "redirect-uri-unknown"),
    ],
)
async def test_whom_nobody_knows_nobody_is_sent_to(client, application, changes, code):
    answer = await client.get(f"/auth/authorize?{query(application.asks(**changes))}")

    assert (answer.status_code, answer.json["code"]) == (400, code)
    assert "location" not in answer.headers


async def test_a_person_is_asked_and_sent_back(client, application, anna, bearer):
    request_id = await asked(client, application)

    shown = await client.get(f"/auth/authorizations/{request_id}", headers=bearer(anna))
    decided = await client.post(
        f"/auth/authorizations/{request_id}/decision", json={"allow": True}, headers=bearer(anna)
    )

    assert shown.json == {
        "client": {"name": "Notes", "uri": "https://notes.example"},
        "scopes": ["openid", "profile", "email", "offline_access"],
        "needs_consent": True,
        "prompt": None,
        "login_hint": None,
        "max_age_passed": False,
    }
    assert application.is_told(decided.json["redirect_to"]).keys() == {"code", "state", "iss"}


async def test_what_is_asked_can_be_seen_before_the_sign_in(client, application):
    request_id = await asked(client, application, login_hint="anna@example.org")

    shown = await client.get(f"/auth/authorizations/{request_id}")

    assert (shown.json["login_hint"], shown.json["needs_consent"]) == ("anna@example.org", True)


async def test_a_silent_request_of_nobody_is_declined(client, application):
    request_id = await asked(client, application, prompt="none")

    declined = await client.post(f"/auth/authorizations/{request_id}/decline")

    assert application.is_told(declined.json["redirect_to"])["error"] == "login_required"


async def test_a_decision_needs_a_person(client, application):
    request_id = await asked(client, application)

    refused = await client.post(f"/auth/authorizations/{request_id}/decision", json={"allow": True})

    assert refused.status_code == 401


async def test_an_unknown_request_is_not_found(client, bearer, anna):
    path = "/auth/authorizations/00000000-0000-4000-8000-000000000000"

    shown = await client.get(path)
    decided = await client.post(f"{path}/decision", json={"allow": True}, headers=bearer(anna))
    declined = await client.post(f"{path}/decline")

    assert [answer.status_code for answer in (shown, decided, declined)] == [404, 404, 404]


async def test_the_code_flow_ends_with_what_the_person_allowed(client, application, anna, bearer):
    request_id = await asked(client, application, scope="openid email")
    decided = await client.post(
        f"/auth/authorizations/{request_id}/decision", json={"allow": True}, headers=bearer(anna)
    )
    granted = await posted(
        client,
        "token",
        application,
        grant_type="authorization_code",
        code=application.is_told(decided.json["redirect_to"])["code"],
        redirect_uri=application.redirect_uri,
        code_verifier=application.verifier,
    )

    told = await client.get(
        "/auth/userinfo", headers={"Authorization": f"Bearer {granted.json['access_token']}"}
    )

    assert granted.status_code == 200
    assert granted.headers["cache-control"] == "no-store"
    assert told.json == {"sub": str(anna.id), "email": "Anna@example.org", "email_verified": True}


async def test_an_application_can_do_nothing_else_in_the_name_of_a_person(client, application, anna, at_shop):
    granted = application.exchanges(application.is_allowed(at_shop(anna))).document
    headers = {"Authorization": f"Bearer {granted['access_token']}"}

    answers = [
        await client.get("/auth/me", headers=headers),
        await client.get("/auth/me/export", headers=headers),
        await client.get("/auth/consents", headers=headers),
        await client.delete(f"/auth/consents/{application.client_id}", headers=headers),
    ]

    assert {answer.status_code for answer in answers} == {403}


async def test_a_person_sees_by_name_which_application_is_signed_in(
    client, application, anna, at_shop, bearer
):
    application.exchanges(application.is_allowed(at_shop(anna)))

    sessions = (await client.get("/auth/me/sessions", headers=bearer(anna))).json["items"]

    assert sorted(str(session["client"]) for session in sessions) == ["None", "None", "Notes"]


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_userinfo_answers_both_methods(client, application, anna, at_shop, method):
    granted = application.exchanges(application.is_allowed(at_shop(anna), scope="openid")).document

    told = await client.simulate_request(
        method, "/auth/userinfo", headers={"Authorization": f"Bearer {granted['access_token']}"}
    )

    assert told.json == {"sub": str(anna.id)}


async def test_userinfo_takes_openid(client, application, anna, at_shop):
    granted = application.exchanges(application.is_allowed(at_shop(anna), scope="email")).document

    refused = await client.get(
        "/auth/userinfo", headers={"Authorization": f"Bearer {granted['access_token']}"}
    )

    assert refused.status_code == 403
    assert 'error="insufficient_scope"' in refused.headers["www-authenticate"]


async def test_userinfo_of_a_session_that_ended_is_refused_at_once(client, application, anna, at_shop):
    granted = application.exchanges(application.is_allowed(at_shop(anna))).document
    application.posts("revoke", token=granted["refresh_token"])

    refused = await client.get(
        "/auth/userinfo", headers={"Authorization": f"Bearer {granted['access_token']}"}
    )

    assert refused.status_code == 401
    assert 'error="invalid_token"' in refused.headers["www-authenticate"]


@pytest.mark.parametrize("header", [None, "Bearer", "Bearer x", "Basic eDp5", "Bearer a.b.c"])
async def test_userinfo_needs_a_token(client, header):
    refused = await client.get("/auth/userinfo", headers={} if header is None else {"Authorization": header})

    assert refused.status_code == 401
    assert refused.headers["www-authenticate"].startswith("Bearer")


async def test_an_id_token_is_no_access_token(client, application, anna, at_shop):
    granted = application.exchanges(application.is_allowed(at_shop(anna))).document

    refused = await client.get("/auth/userinfo", headers={"Authorization": f"Bearer {granted['id_token']}"})

    assert refused.status_code == 401


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        ("grant_type=authorization_code&grant_type=refresh_token", FORM),
        ("grant_type=%00", FORM),
        ("grant_type=%ff", FORM),
        ('{"grant_type": "client_credentials"}', {"Content-Type": "application/json"}),
        (f"code={'x' * 40_000}", FORM),
    ],
)
@pytest.mark.parametrize("endpoint", ["token", "revoke", "introspect"])
async def test_what_cannot_be_read_is_an_invalid_request(client, endpoint, body, headers):
    refused = await client.post(
        f"/auth/{endpoint}", body=body.replace("grant_type", "client_id"), headers=headers
    )

    assert refused.status_code == 400
    assert refused.headers["content-type"] == "application/json"
    assert refused.json["error"] == "invalid_request"


async def test_a_refused_client_is_challenged(client, application):
    basic = {"Authorization": "Basic bm9ib2R5Ong="}

    refused = await client.post(
        "/auth/token", body="grant_type=client_credentials", headers={**FORM, **basic}
    )

    assert (refused.status_code, refused.json["error"]) == (401, "invalid_client")
    assert refused.headers["www-authenticate"].startswith("Basic")


async def test_what_an_application_does_is_in_the_log(client, application, anna, at_shop):
    caller = at_shop(anna)
    code = application.is_allowed(caller)
    granted = application.exchanges(code).document
    application.exchanges(code)
    guessed = {"grant_type": "client_credentials", "client_id": application.client_id, "client_secret": "x"}
    for _ in range(3):
        await posted(client, "token", **guessed)
    await posted(client, "introspect", token=granted["access_token"], client_id="nobody", client_secret="x")
    withdraw_consent(application.client_id, caller)

    events = list(SecurityEvent.select().order_by(SecurityEvent.id))
    assert [(event.kind, event.account_id) for event in events] == [
        ("client-registered", None),
        ("consent-given", anna.id),
        ("client-signed-in", anna.id),
        ("code-reused", anna.id),
        ("client-refused", None),
        ("client-refused", None),
        ("consent-withdrawn", anna.id),
    ]
    assert [event.detail for event in events if event.kind == "client-refused"] == [
        {"client": application.client_id},
        {"client": None},
    ]


async def test_a_token_is_worth_something_until_it_is_given_back(client, application, anna, at_shop):
    granted = application.exchanges(application.is_allowed(at_shop(anna))).document

    before = await posted(client, "introspect", application, token=granted["access_token"])
    revoked = await posted(client, "revoke", application, token=granted["access_token"])
    after = await posted(client, "introspect", application, token=granted["access_token"])

    assert (before.json["active"], before.json["sub"]) == (True, str(anna.id))
    assert (before.json["client_id"], before.json["aud"]) == (application.client_id, "prost")
    assert (revoked.status_code, revoked.json) == (200, {})
    assert after.json == {"active": False}


async def test_a_refresh_token_is_worth_something_until_it_is_used(client, application, anna, at_shop):
    granted = application.exchanges(application.is_allowed(at_shop(anna))).document

    before = await posted(client, "introspect", application, token=granted["refresh_token"])
    application.refreshes(granted["refresh_token"])
    after = await posted(client, "introspect", application, token=granted["refresh_token"])

    assert (before.json["active"], before.json["sub"]) == (True, str(anna.id))
    assert after.json == {"active": False}


async def test_tokens_of_others_are_nobodys_business(client, application, anna, at_shop, bearer):
    token_of_the_shop = bearer(anna)["Authorization"].removeprefix("Bearer ")

    told = await posted(client, "introspect", application, token=token_of_the_shop)
    unknown = await posted(client, "introspect", application, token="made-up")

    assert told.json == unknown.json == {"active": False}


async def test_giving_back_what_is_none_changes_nothing(client, application):
    revoked = await posted(client, "revoke", application, token="made-up", token_type_hint="crown")

    assert (revoked.status_code, revoked.json) == (200, {})


async def test_nobody_gives_back_the_token_of_another_client(
    client, application, public_application, anna, at_shop
):
    granted = application.exchanges(application.is_allowed(at_shop(anna))).document

    refused = await client.post(
        "/auth/revoke",
        body=urlencode({"token": granted["refresh_token"], "client_id": public_application.client_id}),
        headers=FORM,
    )

    assert refused.json["error"] == "invalid_grant"
    assert application.refreshes(granted["refresh_token"]).status == 200


async def test_people_see_and_take_back_what_they_have_allowed(client, application, anna, at_shop, bearer):
    application.is_allowed(at_shop(anna), scope="openid email")
    headers = bearer(anna)

    before = await client.get("/auth/consents", headers=headers)
    taken = await client.delete(f"/auth/consents/{application.client_id}", headers=headers)
    again = await client.delete(f"/auth/consents/{application.client_id}", headers=headers)

    [item] = before.json["items"]
    assert (item["client_id"], item["name"]) == (application.client_id, "Notes")
    assert item["scopes"] == ["openid", "email"]
    assert (taken.status_code, again.status_code) == (204, 404)


@pytest.fixture
def goodbye(client, application):
    """Give the function that says goodbye at an application, and returns the path of that wish."""

    async def say(id_token):
        wish = {
            "id_token_hint": id_token,
            "post_logout_redirect_uri": "https://notes.example/bye",
            "state": "st&te",
        }
        sent = await client.get(f"/auth/end-session?{query(wish)}")
        assert sent.status_code == 303
        return f"/auth/logouts/{sent.headers['location'].removeprefix('http://127.0.0.1:8080/de/logout?request=')}"

    return say


def at_the_shop(account):
    """Sign somebody in at the shop; return their session, as a caller, and the cookie of their browser."""
    opened = open_session(account, amr=["pwd"], client_id=None, scope="", device="", ip="")
    caller = Caller("::1", "Firefox", account.id, opened.session.id)
    return caller, {"Cookie": f"prost-refresh={opened.refresh_token}"}


async def test_signing_out_at_an_application_ends_here(client, application, anna, goodbye):
    caller, cookie = at_the_shop(anna)
    granted = application.exchanges(application.is_allowed(caller)).document

    wish = await goodbye(granted["id_token"])
    shown = await client.get(wish, headers=cookie)
    done = await client.post(wish, headers=cookie)

    assert shown.json == {
        "client": {"name": "Notes", "uri": "https://notes.example"},
        "needs_confirmation": False,
    }
    assert done.json == {"redirect_to": "https://notes.example/bye?state=st%26te"}
    assert Session.get_by_id(caller.session_id).end_reason == "LOGOUT"
    assert done.cookies["prost-refresh"].value == ""


async def test_where_nobody_is_signed_in_nobody_is_asked(client, application, anna, at_shop, goodbye):
    granted = application.exchanges(application.is_allowed(at_shop(anna))).document

    shown = await client.get(await goodbye(granted["id_token"]))

    assert shown.json["needs_confirmation"] is False


async def test_an_id_token_about_somebody_else_signs_nobody_out_unasked(
    client, application, anna, person, goodbye
):
    granted = application.exchanges(application.is_allowed(at_the_shop(anna)[0])).document
    _ben, bens = at_the_shop(person("ben@example.org"))

    shown = await client.get(await goodbye(granted["id_token"]), headers=bens)

    assert shown.json["needs_confirmation"] is True


async def test_an_id_token_of_another_session_ends_none_unasked(client, application, anna, at_shop, goodbye):
    granted = application.exchanges(application.is_allowed(at_shop(anna))).document
    _caller, at_home = at_the_shop(anna)

    shown = await client.get(await goodbye(granted["id_token"]), headers=at_home)

    assert shown.json["needs_confirmation"] is True


async def test_without_an_id_token_everybody_is_asked(client):
    sent = await client.get("/auth/end-session")

    shown = await client.get(f"/auth/logouts/{sent.headers['location'].rpartition('=')[2]}")

    assert shown.json == {"client": None, "needs_confirmation": True}


async def test_no_page_of_another_site_learns_who_would_be_asked(client):
    sent = await client.get("/auth/end-session")
    path = f"/auth/logouts/{sent.headers['location'].rpartition('=')[2]}"

    assert (await client.get(path, headers={"Sec-Fetch-Site": "cross-site"})).status_code == 403


@pytest.mark.parametrize(
    "wish",
    [
        {"post_logout_redirect_uri": "https://notes.example/bye"},
        {"client_id": "CLIENT", "post_logout_redirect_uri": "https://notes.example/bye"},
        {"id_token_hint": "made-up", "post_logout_redirect_uri": "https://notes.example/bye"},
        {"id_token_hint": "ACCESS", "post_logout_redirect_uri": "https://notes.example/bye"},
        {"id_token_hint": "ID", "post_logout_redirect_uri": "https://evil.example/"},
        {},
    ],
)
async def test_nobody_is_sent_on_whom_no_id_token_and_registration_vouch_for(
    client, application, anna, at_shop, wish
):
    granted = application.exchanges(application.is_allowed(at_shop(anna))).document
    meant = {"CLIENT": application.client_id, "ID": granted["id_token"], "ACCESS": granted["access_token"]}

    sent = await client.get(f"/auth/end-session?{query({k: meant.get(v, v) for k, v in wish.items()})}")
    logout_id = sent.headers["location"].rpartition("=")[2]
    done = await client.post(f"/auth/logouts/{logout_id}")

    assert done.json == {"redirect_to": None}


async def test_a_logout_whose_client_is_not_the_id_tokens_is_refused(
    client, application, public_application, anna, at_shop
):
    granted = application.exchanges(application.is_allowed(at_shop(anna))).document
    wish = {"id_token_hint": granted["id_token"], "client_id": public_application.client_id}

    refused = await client.get(f"/auth/end-session?{query(wish)}")

    assert (refused.status_code, refused.json["error"]) == (400, "invalid_request")


async def test_a_logout_is_done_once_and_by_the_shops_own_page(client, application):
    sent = await client.post("/auth/end-session", body="", headers=FORM)
    path = f"/auth/logouts/{sent.headers['location'].rpartition('=')[2]}"

    foreign = await client.post(path, headers={"Sec-Fetch-Site": "cross-site"})
    done = await client.post(path)
    again = await client.post(path)

    assert (foreign.status_code, done.status_code, again.status_code) == (403, 200, 404)


NEW_CLIENT = {
    "name": "Cellar",
    "uri": "https://cellar.example",
    "redirect_uris": [
        "https://cellar.example/back",
        "com.example.cellar:/back",
        "http://127.0.0.1:8765/back",
    ],
    "scopes": ["openid"],
}


async def test_an_admin_registers_a_client_whose_secret_is_shown_once(client, admin, bearer):
    headers = bearer(admin, "pwd", "otp")

    made = await client.post("/auth/clients", json=NEW_CLIENT, headers=headers)
    listed = await client.get("/auth/clients", headers=headers)

    registered = made.json
    secret = registered.pop("client_secret")
    assert (made.status_code, len(secret)) == (201, 43)
    assert listed.json == {"items": [registered], "next_page_token": None, "total": 1}
    assert secret.encode() not in bytes(Client.get().secret_hash)


async def test_a_public_client_has_no_secret(client, admin, bearer):
    made = await client.post(
        "/auth/clients", json={**NEW_CLIENT, "public": True}, headers=bearer(admin, "pwd", "otp")
    )

    assert (made.json["public"], made.json["client_secret"]) == (True, None)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"redirect_uris": ["http://cellar.example/"]}, "body.redirect_uris.0"),
        ({"redirect_uris": ["https://cellar.example/", "javascript:alert(1)"]}, "body.redirect_uris.1"),
        ({"redirect_uris": ["https://cellar.example/#top"]}, "body.redirect_uris.0"),
        ({"redirect_uris": ["https://*.example/"]}, "body.redirect_uris.0"),
        ({"redirect_uris": ["https://user@cellar.example/"]}, "body.redirect_uris.0"),
        ({"redirect_uris": ["https://[::1/"]}, "body.redirect_uris.0"),
        ({"redirect_uris": ["data:text/html,hello"]}, "body.redirect_uris.0"),
        ({"redirect_uris": ["https://kéller.example/"]}, "body.redirect_uris.0"),
        ({"redirect_uris": []}, "body.redirect_uris"),
        ({"post_logout_redirect_uris": ["ftp://cellar.example/"]}, "body.post_logout_redirect_uris.0"),
        ({"grant_types": ["client_credentials"], "audiences": []}, "body.audiences"),
        (
            {"grant_types": ["client_credentials"], "audiences": ["cart"], "public": True},
            "body.grant_types",
        ),
    ],
)
async def test_a_client_that_would_be_unsafe_is_not_registered(client, admin, bearer, changes, field):
    refused = await client.post(
        "/auth/clients", json={**NEW_CLIENT, **changes}, headers=bearer(admin, "pwd", "otp")
    )

    assert refused.status_code == 422
    assert [problem["field"] for problem in refused.json["errors"]] == [field]
    assert Client.select().count() == 0


async def test_a_removed_client_is_gone(client, admin, bearer, application):
    headers = bearer(admin, "pwd", "otp")

    removed = await client.delete(f"/auth/clients/{application.client_id}", headers=headers)
    again = await client.delete(f"/auth/clients/{application.client_id}", headers=headers)

    assert (removed.status_code, again.status_code) == (204, 404)
    assert SecurityEvent.select().where(SecurityEvent.kind == "client-removed").count() == 1


async def test_clients_are_listed_page_by_page(client, admin, bearer, application, public_application):
    headers = bearer(admin, "pwd", "otp")

    first = await client.get("/auth/clients?page_size=1", headers=headers)
    second = await client.get(
        f"/auth/clients?page_size=1&page_token={first.json['next_page_token']}", headers=headers
    )

    assert [item["client_id"] for item in first.json["items"]] == [public_application.client_id]
    assert [item["client_id"] for item in second.json["items"]] == [application.client_id]
    assert second.json["next_page_token"] is None


async def test_an_admin_has_the_signing_key_replaced(client, admin, bearer):
    rotated = await client.post("/auth/keys/rotate", headers=bearer(admin, "pwd", "otp"))

    assert rotated.status_code == 202
    assert [key["state"] for key in rotated.json["items"]] == ["PENDING", "ACTIVE"]
    assert SecurityEvent.get(SecurityEvent.kind == "key-published").detail["by"] == str(admin.id)


async def test_only_admins_with_a_second_factor_do_so(client, admin, anna, bearer):
    without_factor = await client.post("/auth/keys/rotate", headers=bearer(admin))
    headers = bearer(admin, "pwd", "otp")
    Account.update(staff_roles=[]).execute()
    not_any_more = await client.post("/auth/keys/rotate", headers=headers)

    assert (without_factor.status_code, not_any_more.status_code) == (403, 403)
    assert SigningKey.select().count() == 1
