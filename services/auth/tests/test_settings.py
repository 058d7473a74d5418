"""What production does not start with."""

import pytest

from prost.settings import SettingsError
from prost_auth.settings import Settings

PRODUCTION = {
    "service": "auth",
    "env": "production",
    "public_url": "https://shop.example",
    "auth_issuer": "https://shop.example/api/auth",
    "auth_jwks_url": "http://auth:8000/auth/jwks.json",
    "mail_url": "smtps://shop:Xk3vN8qL@mail.example",
    "mail_from": "Prost <shop@shop.example>",
    "key_secret": "vJ8mQ2xR7tL4wZ9bN3cK6hF1dS5gP0aY",
}


def problems(**changes):
    """Return the variables that keep production from starting."""
    given = {name: value for name, value in {**PRODUCTION, **changes}.items() if value is not None}
    with pytest.raises(SettingsError) as refusal:
        Settings(**given)
    return [problem.field for problem in refusal.value.problems]


def test_production_starts_with_secrets_of_its_own():
    assert Settings(**PRODUCTION).secret() == PRODUCTION["key_secret"]


@pytest.mark.parametrize(
    ("changes", "variables"),
    [
        ({"key_secret": None}, ["PROST_KEY_SECRET"]),
        ({"key_secret": "short"}, ["PROST_KEY_SECRET"]),
        ({"key_secret": "x" * 64}, ["PROST_KEY_SECRET"]),
        ({"key_secret": "secret" * 8}, ["PROST_KEY_SECRET"]),
        ({"dev_password": "anything"}, ["PROST_DEV_PASSWORD"]),
        ({"mail_url": None}, ["PROST_MAIL_URL"]),
        ({"password_memory_kib": 1024}, ["PROST_PASSWORD_MEMORY_KIB"]),
        ({"password_passes": 0}, ["PROST_PASSWORD_PASSES"]),
    ],
)
def test_production_does_not_start_with_a_weak_secret_or_with_one_of_development(changes, variables):
    assert problems(**changes) == variables


def test_no_problem_repeats_a_secret():
    with pytest.raises(SettingsError) as refusal:
        Settings(**{**PRODUCTION, "key_secret": "shortsecret", "dev_password": "made-for-dev"})

    assert [secret for secret in ("shortsecret", "made-for-dev") if secret in str(refusal.value)] == []
