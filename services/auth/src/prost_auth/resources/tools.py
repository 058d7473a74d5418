"""What the resources of accounts work with."""

from dataclasses import dataclass

from falcon.asgi import Response

from prost.db import in_db, utcnow
from prost.http import Dependency, PrivateCookie
from prost_auth.codes import Codes
from prost_auth.domain.callers import Caller
from prost_auth.domain.links import OneTimeTokens
from prost_auth.domain.passwords import normal_password
from prost_auth.domain.sessions import IDLE
from prost_auth.hashing import Hasher
from prost_auth.limits import PASSWORD_BY_ACCOUNT
from prost_auth.schemas.access import TokenAnswer
from prost_auth.settings import Settings
from prost_auth.strength import Strength
from prost_auth.throttle import Throttle
from prost_auth.use_cases.passwords import Known, known, note_refused_password
from prost_auth.use_cases.sessions import Opened
from prost_auth.use_cases.tokens import issue_access_token

COOKIE = "prost-refresh"
PATH = "/api/auth"
"""Where the gateway has this service, and so the only place that the cookie is sent to."""


@dataclass(frozen=True)
class Tools:
    """Made once by the application and handed to its resources."""

    hasher: Hasher
    strength: Strength
    throttle: Throttle
    codes: Codes
    one_time: OneTimeTokens
    cookie: PrivateCookie

    @classmethod
    def from_settings(cls, settings: Settings) -> "Tools":
        """Make them. Raises SettingsError without PROST_KEY_SECRET."""
        return cls(
            hasher=Hasher(settings),
            strength=Strength(),
            throttle=Throttle(settings),
            codes=Codes(settings.secret()),
            one_time=OneTimeTokens(settings.secret()),
            cookie=PrivateCookie(COOKIE, path=PATH, public_url=settings.public_url),
        )

    @property
    def dependencies(self) -> list[Dependency]:
        """Those that start and stop with the process."""
        return [self.hasher, self.strength, self.throttle.shared]

    async def answer(self, resp: Response, opened: Opened) -> TokenAnswer:
        """Give a browser its tokens: one for its scripts, one that no script can read."""
        issued = await in_db(issue_access_token, opened.session, opened.account)
        rest = min(opened.session.expires_at, opened.session.last_used_at + IDLE) - utcnow()
        self.cookie.write(resp, opened.refresh_token, max_age=int(rest.total_seconds()))
        keep_private(resp)
        return TokenAnswer(access_token=issued.token, expires_in=issued.expires_in)

    async def require_password(self, caller: Caller, given: str) -> Known:
        """Return what is known of a caller's account, once the given password was found to be its own.

        Raises:
            SessionEnded, ShopOnly, PasswordRefused, TooManyRequests: as they say.
        """
        checked = await in_db(known, caller)
        limit = (str(caller.account_id), PASSWORD_BY_ACCOUNT)
        await self.throttle.require("password", caller, limit)
        verdict = await self.hasher.verify(checked.password_hash, normal_password(given))
        if not verdict.right:
            raise await in_db(note_refused_password, caller)
        return checked


def keep_private(resp: Response) -> None:
    """Have nobody keep an answer."""
    resp.cache_control = ["no-store"]
