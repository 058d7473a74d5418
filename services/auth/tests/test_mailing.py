"""Mails: what they say, and how they get to a real SMTP server in spite of everything."""

import email
import email.policy
import re

import pytest
from aiosmtpd.controller import Controller

from prost.db import database as db
from prost.db import uuid7
from prost.testing.servers import free_port
from prost_auth.domain.callers import Caller
from prost_auth.domain.emails import EmailAddress
from prost_auth.domain.links import OneTimeTokens
from prost_auth.mailing import Postman
from prost_auth.mailing.letters import pages, render, texts
from prost_auth.models.audit import SecurityEvent
from prost_auth.models.mails import Mail, OneTimeToken
from prost_auth.settings import Settings
from prost_auth.use_cases.mails import Letter, claim_due, queue
from prost_auth.use_cases.passwords import request_reset
from prost_auth.use_cases.purge import purge
from prost_auth.use_cases.signup import send_verification

SHOP = "https://shop.example"
TOKENS = OneTimeTokens("a-secret-that-only-these-tests-seal-with")
SOMEBODY = Caller(ip="203.0.113.9", device="Firefox")
DAY = 86_400
TEMPLATES = sorted(name for name in texts() if name not in {"greeting", "link", "footer"})


class Post:
    """What an SMTP server does with mail: it keeps it, except for those whom it does not know."""

    def __init__(self):
        self.mails = []

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802 - aiosmtpd's name
        if address.startswith("nobody@"):
            return "550 5.1.1 No such user"
        if address.startswith("full@"):
            return "452 4.2.2 Mailbox full"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 - aiosmtpd's name
        self.mails.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
        return "250 Kept"

    @property
    def recipients(self):
        """Return whom mails came for."""
        return [mail["To"] for mail in self.mails]

    @property
    def ids(self):
        """Return the ids of mails."""
        return [mail["Message-ID"] for mail in self.mails]


@pytest.fixture
def post():
    """Give what arrives."""
    return Post()


@pytest.fixture
def server(post):
    """Run a mail server."""
    running = Controller(post, hostname="127.0.0.1", port=free_port())
    running.start()
    yield running
    running.stop()


@pytest.fixture
def postman(settings, server):
    """Give the worker's sender."""
    return _postman(settings, server.port)


def _postman(settings, port):
    url = Settings(service="auth", env="test", mail_url=f"smtp://127.0.0.1:{port}").mail_url
    return Postman(settings.model_copy(update={"mail_url": url, "public_url": SHOP}))


def states():
    """Return the state of each mail, oldest first."""
    return [mail.state for mail in Mail.select().order_by(Mail.id)]


def parts(mail):
    """Return text and HTML of a mail."""
    return [mail.get_body((kind,)).get_content() for kind in ("plain", "html")]


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("template", TEMPLATES)
def test_every_mail_is_written_in_both_languages_as_text_and_as_html(template, language):
    values = {"name": "Anna", "token_id": str(uuid7())}
    written = render(Letter(uuid7(), "anna@example.org", template, language, values), SHOP, TOKENS)

    page = pages().get(template, "").partition("?")[0]
    assert written.subject
    assert written.text.startswith(("Hallo Anna,\n\n", "Hello Anna,\n\n"))
    assert f'<html lang="{language}">' in written.html
    assert (f"{SHOP}/{language}/{page}" in written.text) is bool(page)
    assert (f'href="{SHOP}/{language}/{page}' in written.html) is bool(page)
    assert "{" not in written.text + re.sub(r"<style.*?</style>", "", written.html)


def test_a_name_cannot_write_html_or_another_header():
    values = {"name": "<b>Eve</b> & {token}", "token_id": str(uuid7())}
    written = render(Letter(uuid7(), "eve@example.org", "verify-email", "en", values), SHOP, TOKENS)

    assert "&lt;b&gt;Eve&lt;/b&gt; &amp; {token}" in written.html
    assert "Eve" not in written.subject


def test_the_mail_of_a_sign_up_has_the_link_that_verifies(postman, post, person):
    anna = person("anna@example.org", verified=False)
    send_verification(anna)

    postman.send_due()

    token = TOKENS.token(OneTimeToken.get().id)
    assert (post.recipients, states()) == (["anna@example.org"], ["SENT"])
    assert [f"{SHOP}/de/verify?token={token}" in part for part in parts(post.mails[0])] == [True, True]


def test_the_database_never_holds_a_token(postman, person):
    send_verification(person("anna@example.org", verified=False))
    token = TOKENS.token(OneTimeToken.get().id)

    kept = str(db.execute_sql("SELECT array_agg(m::text) FROM mails m").fetchone())
    kept += str(db.execute_sql("SELECT array_agg(t::text) FROM one_time_tokens t").fetchone())

    assert token not in kept
    assert token[22:] not in kept


def test_a_mail_that_was_sent_forgets_its_recipient_and_what_it_said(postman, person):
    send_verification(person("anna@example.org", verified=False))

    postman.send_due()

    mail = Mail.get()
    assert (mail.state, mail.recipient, mail.values, mail.next_attempt_at) == ("SENT", None, {}, None)


def test_a_cause_that_was_rolled_back_has_no_mail(postman, post, database):
    with db.atomic() as transaction:
        queue("anna@example.org", "account-exists", "de", name="Anna")
        transaction.rollback()

    postman.send_due()

    assert post.mails == []


def test_what_the_server_refuses_for_good_is_not_tried_again_and_holds_nobody_up(postman, post, database):
    queue("nobody@example.org", "account-exists", "de", name="Nobody")
    queue("anna@example.org", "account-exists", "de", name="Anna")

    postman.send_due()

    assert (states(), post.recipients) == (["REFUSED", "SENT"], ["anna@example.org"])
    assert Mail.select().order_by(Mail.id).get().error == "550 5.1.1 No such user"


def test_what_the_server_does_not_take_now_is_tried_again_later_each_time(postman, post, clock, database):
    queue("full@example.org", "account-exists", "de", name="Full")
    postman.send_due()
    waits = []
    for _ in range(4):
        waits.append((Mail.get().next_attempt_at - clock()).total_seconds())
        postman.send_due()
        clock.advance(waits[-1])
        postman.send_due()

    assert waits == [5, 10, 20, 40]
    assert (Mail.get().state, Mail.get().attempts, post.mails) == ("PENDING", 5, [])


def test_a_full_mailbox_does_not_keep_others_waiting(postman, post, database):
    queue("full@example.org", "account-exists", "de", name="Full")
    queue("anna@example.org", "account-exists", "de", name="Anna")

    postman.send_due()
    postman.send_due()

    assert (states(), post.recipients) == (["PENDING", "SENT"], ["anna@example.org"])


def test_mail_waits_for_a_server_that_is_away_and_is_given_up_after_a_day(settings, clock, database):
    away = _postman(settings, free_port())
    queue("anna@example.org", "account-exists", "de", name="Anna")
    away.send_due()
    clock.advance(DAY - 60)
    away.send_due()
    still_waiting = states()
    clock.advance(DAY)
    away.send_due()

    mail = Mail.get()
    assert still_waiting == ["PENDING"]
    assert (mail.state, mail.recipient, mail.values) == ("EXPIRED", None, {})


def test_a_worker_that_dies_after_sending_sends_it_again_with_the_same_id(postman, post, clock, database):
    queue("anna@example.org", "account-exists", "de", name="Anna")
    letter = claim_due()
    postman._mailer.send(postman._mail(letter))

    postman.send_due()
    at_once = len(post.mails)
    clock.advance(90)
    postman.send_due()

    assert (at_once, len(post.mails), len(set(post.ids))) == (1, 2, 1)
    assert states() == ["SENT"]


def test_a_reset_finds_its_reader_only_when_it_is_sent(postman, post, person):
    anna = person("Anna@example.org")
    request_reset(EmailAddress.parse("anna@EXAMPLE.org"), SOMEBODY)
    request_reset(EmailAddress.parse("stranger@example.org"), SOMEBODY)

    postman.send_due()

    event = SecurityEvent.get(SecurityEvent.kind == "password-reset-requested")
    assert (post.recipients, states()) == (["Anna@example.org"], ["SENT", "DROPPED"])
    assert (event.account_id, event.ip, event.device) == (anna.id, "203.0.113.9", "Firefox")
    assert OneTimeToken.select().count() == 1


def test_a_reset_that_had_to_wait_comes_with_a_link_that_is_still_good(settings, server, post, clock, person):
    person("anna@example.org")
    request_reset(EmailAddress.parse("anna@example.org"), SOMEBODY)
    _postman(settings, free_port()).send_due()
    clock.advance(3 * 3600)

    _postman(settings, server.port).send_due()

    good = OneTimeToken.get(OneTimeToken.used_at.is_null())
    assert good.expires_at > clock()
    assert f"token={TOKENS.token(good.id)}" in parts(post.mails[0])[0]
    assert SecurityEvent.select().where(SecurityEvent.kind == "password-reset-requested").count() == 1


def test_an_address_of_another_script_gets_its_mail(postman, post, database):
    queue("anna@bücher.de", "account-exists", "de", name="Anna")

    postman.send_due()

    assert post.recipients == ["anna@xn--bcher-kva.de"]


def test_after_a_month_settled_mails_are_forgotten(postman, clock, person):
    send_verification(person("anna@example.org", verified=False))
    postman.send_due()
    clock.advance(31 * DAY)
    queue("bert@example.org", "account-exists", "de", name="Bert")

    purge()

    assert states() == ["PENDING"]
    assert OneTimeToken.select().count() == 0
