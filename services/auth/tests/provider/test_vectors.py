"""The examples of the RFCs come out as they stand there."""

import json
from hashlib import sha256
from pathlib import Path

import pytest
from authlib.oidc.core.util import create_half_hash
from joserfc import jwt
from joserfc.jwk import KeySet, import_key

from prost_auth.models.clients import Client
from prost_auth.provider.code import Pkce

VECTORS = json.loads(Path(__file__).with_name("rfc_vectors.json").read_text())


def test_the_challenge_of_rfc_7636_belongs_to_its_verifier():
    vector = VECTORS["rfc7636_appendix_b"]

    compare = Pkce.CODE_CHALLENGE_METHODS["S256"]
    assert compare(vector["code_verifier"], vector["code_challenge"])
    assert not compare(vector["code_challenge"], vector["code_challenge"])


def test_the_key_of_rfc_7638_has_the_thumbprint_that_keys_are_named_by_here():
    vector = VECTORS["rfc7638_section_3_1"]

    assert import_key(vector["jwk"]).thumbprint() == vector["thumbprint"]


def test_the_signature_of_rfc_7515_holds_for_its_key():
    vector = VECTORS["rfc7515_appendix_a_3"]

    decoded = jwt.decode(vector["jws"], KeySet([import_key(vector["jwk"])]), algorithms=["ES256"])

    assert decoded.claims == {"iss": "joe", "exp": 1300819380, "http://example.com/is_root": True}


def test_the_access_token_of_openid_connect_has_its_hash():
    vector = VECTORS["oidc_core_3_1_3_6_at_hash"]

    assert create_half_hash(vector["access_token"], "ES256").decode() == vector["at_hash"]


@pytest.mark.usefixtures("database")
def test_a_secret_is_kept_as_the_sha_256_of_its_text(application):
    kept = bytes(Client.get().secret_hash)

    assert kept == sha256(application.secret.encode()).digest()
