"""How often something may be tried: by one account, by one client, by one client for one account."""

from typing import Final

from prost.spec import Rate

TEN_MINUTES: Final = 600
HOUR: Final = 3600

LOGIN_BY_CLIENT: Final = Rate(requests=60, seconds=TEN_MINUTES)
"""An office behind one address still gets in; a list of stolen passwords takes months."""

LOGIN_BY_CLIENT_AND_ACCOUNT: Final = Rate(requests=10, seconds=TEN_MINUTES)
"""Guesses: a sign-in that succeeds begins anew."""

LOGIN_BY_ACCOUNT: Final = Rate(requests=60, seconds=HOUR)
"""Many clients that share the guessing of one password get no further; its owner may have to wait."""

CODE_BY_ACCOUNT: Final = Rate(requests=10, seconds=TEN_MINUTES)
"""Of a million codes three are right at any time."""

PASSWORD_BY_ACCOUNT: Final = Rate(requests=10, seconds=TEN_MINUTES)
"""Asked again of somebody who is signed in: a session that was left open is no way to the password."""

SIGNUP_BY_CLIENT: Final = Rate(requests=60, seconds=HOUR)

MAIL_BY_ADDRESS: Final = Rate(requests=6, seconds=HOUR)
"""Mails that anybody can have sent to an address that may be somebody else's."""

MAIL_BY_CLIENT: Final = Rate(requests=60, seconds=HOUR)

TOKEN_BY_CLIENT: Final = Rate(requests=60, seconds=TEN_MINUTES)

EXPORT_BY_ACCOUNT: Final = Rate(requests=10, seconds=HOUR)

NOTED: Final = Rate(requests=1, seconds=60)
"""How often the log says that a limit was hit, or a client refused: who hammers must not fill it."""
