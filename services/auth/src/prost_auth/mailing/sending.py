"""Sends the mails that wait, as the worker's schedule."""

import structlog

from prost.mail import Mail, MailDelayed, Mailer, MailRefused
from prost_auth.domain.emails import EmailAddress
from prost_auth.domain.links import OneTimeTokens
from prost_auth.domain.mails import MailState
from prost_auth.mailing.letters import render
from prost_auth.settings import Settings
from prost_auth.use_cases.mails import Letter, claim_due, postpone, settle

__all__ = ["Postman"]

_AT_ONCE = 20

log = structlog.get_logger(__name__)


class Postman:
    """Hands mails to the mail server, and tries again for a day what it would not take now.

    A worker that dies after handing one over sends it again; the mail's id tells the reader's program.
    """

    def __init__(self, settings: Settings) -> None:
        """Know the mail server, and the address of the shop for links. Raises SettingsError without them."""
        self._mailer = Mailer.from_settings(settings)
        self._public_url = settings.public_url
        self._tokens = OneTimeTokens(settings.secret())

    def send_due(self) -> None:
        """Send what is due, until the server would not take something: one that is away is asked once."""
        for _ in range(_AT_ONCE):
            letter = claim_due()
            if letter is None or not self._send(letter):
                return

    def _send(self, letter: Letter) -> bool:
        try:
            self._mailer.send(self._mail(letter))
        except MailRefused as error:
            log.warning("mail_refused", mail=str(letter.id), template=letter.template, reason=error.reason)
            settle(letter.id, MailState.REFUSED, error.reason)
        except MailDelayed as error:
            log.warning("mail_delayed", mail=str(letter.id), template=letter.template, reason=error.reason)
            postpone(letter.id, error.reason)
            return False
        else:
            settle(letter.id, MailState.SENT)
        return True

    def _mail(self, letter: Letter) -> Mail:
        written = render(letter, self._public_url, self._tokens)
        to = EmailAddress.parse(letter.recipient).deliverable
        return Mail(to, written.subject, written.text, written.html, id=letter.id)
