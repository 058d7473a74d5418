"""The rules of auth, without I/O."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from prost.errors import Invalid
from prost_auth.domain.accounts import active_roles, staff_roles_among
from prost_auth.domain.callers import Caller, client_address, device_name
from prost_auth.domain.links import OneTimeTokens, TokenInvalid
from prost_auth.domain.mails import pause
from prost_auth.domain.passwords import clean_password, normal_password
from prost_auth.domain.people import clean_text
from prost_auth.domain.sessions import is_over, lifetime

NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
SOME_ID = UUID("01890a5d-ac96-774b-bcce-b302099a8057")
TOKENS = OneTimeTokens("a secret of thirty-two characters")


@pytest.mark.parametrize(
    ("amr", "roles"),
    [(["pwd"], ["customer"]), (["pwd", "otp"], ["customer", "admin"]), ([], ["customer"])],
)
def test_roles_of_staff_count_only_with_a_second_factor(amr, roles):
    assert active_roles(["admin"], amr) == roles


def test_a_second_factor_alone_makes_nobody_staff():
    assert active_roles([], ["pwd", "otp"]) == ["customer"]


def test_roles_of_staff_are_kept_once_each_in_their_order():
    assert staff_roles_among(["admin", "customer", "support", "admin"]) == ["support", "admin"]


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [("  Anna \n Blume\t", "Anna Blume"), ("Jo\u0308rg", "Jörg"), ("O'Hara-Ñ", "O'Hara-Ñ"), ("안나", "안나")],
)
def test_a_name_is_one_line_in_one_form(text, cleaned):
    assert clean_text(text, "body.name") == cleaned


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("   ", "empty"),
        ("", "empty"),
        ("x" * 121, "too-long"),
        ("An\x07na", "character"),
        ("An\u202ena", "character"),
        ("An\u200bna", "character"),
        ("An\u2066na", "character"),
        ("An\ue000na", "character"),
        ("An\x1b[31mna", "character"),
    ],
)
def test_a_name_that_hides_something_is_refused_by_its_field(text, code):
    with pytest.raises(Invalid) as refusal:
        clean_text(text, "body.name")

    assert [(problem.field, problem.code) for problem in refusal.value.errors] == [("body.name", code)]


@pytest.mark.parametrize(("length", "code"), [(7, "too-short"), (129, "too-long")])
def test_a_password_has_8_to_128_characters(length, code):
    with pytest.raises(Invalid) as refusal:
        clean_password("x" * length, "body.password")

    assert [(problem.field, problem.code) for problem in refusal.value.errors] == [("body.password", code)]


def test_a_password_is_the_same_however_it_is_typed():
    assert normal_password("Scho\u0308n\u00a0bier") == normal_password("Schön bier") == "Schön bier"


def test_spaces_around_a_password_belong_to_it():
    assert clean_password(" passwort ", "body.password") == " passwort "


@pytest.mark.parametrize(("staff", "hours"), [(False, 720), (True, 12)])
def test_a_session_of_staff_lives_for_a_shift_and_others_for_a_month(staff, hours):
    assert lifetime(staff=staff) == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("ended_at", "expires_at", "last_used_at", "over"),
    [
        (None, NOON + DAY, NOON, False),
        (NOON, NOON + DAY, NOON, True),
        (None, NOON, NOON, True),
        (None, NOON + DAY, NOON - 14 * DAY, True),
        (None, NOON + DAY, NOON - 13 * DAY, False),
    ],
)
def test_a_session_is_over_once_it_was_ended_has_expired_or_lay_idle(
    ended_at, expires_at, last_used_at, over
):
    assert is_over(ended_at, expires_at, last_used_at, NOON) is over


def test_a_one_time_token_leads_back_to_its_id():
    assert TOKENS.read(TOKENS.token(SOME_ID)) == SOME_ID


def test_each_id_has_another_token_under_another_secret():
    assert OneTimeTokens("another secret of many characters").token(SOME_ID) != TOKENS.token(SOME_ID)


@pytest.mark.parametrize(
    "token",
    [
        "",
        "x",
        "ä" * 54,
        "A" * 54,
        "A" * 10_000,
        TOKENS.token(SOME_ID)[:-1],
        TOKENS.token(SOME_ID) + "AAAA",
        TOKENS.token(SOME_ID)[:-2] + "AA",
        "B" + TOKENS.token(SOME_ID)[1:],
        OneTimeTokens("another secret of many characters").token(SOME_ID),
    ],
)
def test_a_token_that_was_not_made_here_is_refused(token):
    with pytest.raises(TokenInvalid) as refusal:
        TOKENS.read(token)

    assert [problem.code for problem in refusal.value.errors] == ["token-invalid"]


@pytest.mark.parametrize(
    ("external", "forwarded", "peer", "address"),
    [
        ("203.0.113.9", "198.51.100.1, 203.0.113.9", "127.0.0.1", "203.0.113.9"),
        (None, "198.51.100.1, 203.0.113.9", "127.0.0.1", "203.0.113.9"),
        (None, "203.0.113.9", "127.0.0.1", "203.0.113.9"),
        (None, None, "127.0.0.1", "127.0.0.1"),
        (None, "nonsense", "127.0.0.1", "127.0.0.1"),
        (None, "198.51.100.1,", "127.0.0.1", "127.0.0.1"),
        (None, None, "::ffff:192.0.2.7", "192.0.2.7"),
        (None, None, "2001:DB8::1", "2001:db8::1"),
        (None, None, None, ""),
    ],
)
def test_the_clients_address_is_what_the_gateway_saw(external, forwarded, peer, address):
    assert client_address(external, forwarded, peer) == address


@pytest.mark.parametrize(
    ("ip", "subscriber"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::"),
        ("", "unknown"),
    ],
)
def test_a_subscriber_of_ipv6_is_one_whatever_address_they_take(ip, subscriber):
    assert Caller(ip=ip).subscriber == subscriber


@pytest.mark.parametrize(
    ("user_agent", "device"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0", "Firefox on Linux"),
        (
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
                " Chrome/141.0.0.0 Safari/537.36 Edg/141.0.0.0"
            ),
            "Edge on Windows",
        ),
        (
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (like Gecko)"
                " Version/18.6 Mobile/15E148 Safari/604.1"
            ),
            "Safari on iPhone",
        ),
        (
            (
                "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko)"
                " Chrome/141.0.0.0 Mobile Safari/537.36"
            ),
            "Chrome on Android",
        ),
        (
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)"
                " Version/18.6 Safari/605.1.15"
            ),
            "Safari on macOS",
        ),
        ("curl/8.14.1", "curl"),
        ("<script>alert(1)</script>", ""),
        ("x" * 100_000, ""),
        (None, ""),
    ],
)
def test_a_device_is_told_in_the_words_of_its_owner(user_agent, device):
    assert device_name(user_agent) == device


@pytest.mark.parametrize(("attempts", "seconds"), [(1, 5), (2, 10), (3, 20), (8, 640), (9, 900), (1000, 900)])
def test_a_mail_waits_longer_each_time_and_never_longer_than_a_quarter_of_an_hour(attempts, seconds):
    assert pause(attempts) == timedelta(seconds=seconds)
