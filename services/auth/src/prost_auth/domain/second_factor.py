"""What stands against a sign-in or a change for want of a second factor."""

from prost.errors import Conflict, Forbidden, Invalid, Unauthenticated


class LoginRefused(Unauthenticated):
    """No account has this address and this password."""


class SecondFactorRequired(Unauthenticated):
    """The password is right, and a code is needed besides."""


class SecondFactorRefused(Unauthenticated):
    """The code is wrong, or was used before."""


class CodeRefused(Invalid):
    """The code is wrong, or was used before."""


class NotEnrolling(Conflict):
    """No second factor waits for its first code."""


class NoSecondFactor(Conflict):
    """The account has no second factor."""


class SecondFactorMandatory(Conflict):
    """Staff cannot do without a second factor."""


class SecondFactorNotShown(Forbidden):
    """A second factor is replaced only from a session that was opened with the present one."""
