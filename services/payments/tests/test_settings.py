"""What payments can be told, and what production refuses."""

import subprocess
import sys

import pytest

from prost.settings import SettingsError
from prost_payments.providers import provider_of
from prost_payments.settings import Settings

PRODUCTION = {
    "service": "payments",
    "env": "production",
    "public_url": "https://shop.example",
    "auth_issuer": "https://shop.example",
    "auth_jwks_url": "https://shop.example/jwks",
    "payment_provider": "stripe",
    "stripe_api_key": "sk_live_51abcdefghijklmnop",
    "webhook_secret": "whsec_0123456789abcdefghijklmnop",
}


def test_production_starts_with_stripe_and_its_secrets():
    assert provider_of(Settings(**PRODUCTION)).name == "stripe"


@pytest.mark.parametrize(
    ("change", "variable"),
    [
        ({"payment_provider": "fake"}, "PROST_PAYMENT_PROVIDER"),
        ({"webhook_secret": "what the fake provider signs with"}, "PROST_WEBHOOK_SECRET"),
        ({"webhook_secret": "secret"}, "PROST_WEBHOOK_SECRET"),
        ({"stripe_api_base": "http://127.0.0.1:8420"}, "PROST_STRIPE_API_BASE"),
    ],
)
def test_production_refuses_what_belongs_to_development(change, variable):
    with pytest.raises(SettingsError) as refused:
        Settings(**PRODUCTION | change)

    assert [problem.field for problem in refused.value.problems] == [variable]


def test_stripe_takes_its_key():
    with pytest.raises(SettingsError, match="PROST_STRIPE_API_KEY"):
        Settings(service="payments", env="test", payment_provider="stripe")


def test_who_uses_the_fake_does_not_carry_the_library_of_stripe():
    program = "import sys, prost_payments.app, prost_payments.worker; print('stripe' in sys.modules)"

    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert told.stdout.strip() == "False"
