"""What is written into the log of security events."""

from enum import StrEnum


class Kind(StrEnum):
    """What happened; never renamed, since the log is kept."""

    SIGNED_UP = "signed-up"
    SIGN_UP_REPEATED = "sign-up-repeated"
    VERIFICATION_REQUESTED = "verification-requested"
    EMAIL_VERIFIED = "email-verified"
    EMAIL_CHANGE_REQUESTED = "email-change-requested"
    EMAIL_CHANGED = "email-changed"
    LOGGED_IN = "logged-in"
    LOGIN_REFUSED = "login-refused"
    THROTTLED = "throttled"
    LOGGED_OUT = "logged-out"
    REFRESH_REUSED = "refresh-reused"
    SESSION_ENDED = "session-ended"
    SESSIONS_ENDED = "sessions-ended"
    PASSWORD_CHANGED = "password-changed"  # noqa: S105 - an event, not a password
    PASSWORD_REFUSED = "password-refused"  # noqa: S105
    PASSWORD_RESET_REQUESTED = "password-reset-requested"  # noqa: S105
    PASSWORD_RESET = "password-reset"  # noqa: S105
    SECOND_FACTOR_ASKED = "second-factor-asked"
    SECOND_FACTOR_ENROLLED = "second-factor-enrolled"
    SECOND_FACTOR_REMOVED = "second-factor-removed"
    SECOND_FACTOR_RESET = "second-factor-reset"
    SECOND_FACTOR_REFUSED = "second-factor-refused"
    RECOVERY_CODE_USED = "recovery-code-used"
    ROLES_CHANGED = "roles-changed"
    ACCOUNT_LOCKED = "account-locked"
    ACCOUNT_UNLOCKED = "account-unlocked"
    ACCOUNT_EXPORTED = "account-exported"
    ACCOUNT_DELETED = "account-deleted"
    FIRST_ADMIN_INVITED = "first-admin-invited"
    CLIENT_REGISTERED = "client-registered"
    CLIENT_REMOVED = "client-removed"
    CLIENT_REFUSED = "client-refused"
    CLIENT_SIGNED_IN = "client-signed-in"
    CONSENT_GIVEN = "consent-given"
    CONSENT_WITHDRAWN = "consent-withdrawn"
    CODE_REUSED = "code-reused"
    KEY_PUBLISHED = "key-published"
    KEY_ACTIVATED = "key-activated"
    KEYS_REVOKED = "keys-revoked"
    EXTERNAL_LINKED = "external-linked"
    EXTERNAL_UNLINKED = "external-unlinked"
    EXTERNAL_REFUSED = "external-refused"
