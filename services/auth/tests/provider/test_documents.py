"""The documents from which clients and services configure themselves."""

from joserfc import jwt
from joserfc.jwk import KeySet


async def test_what_is_signed_is_verified_by_the_published_keys(client, key_ring):
    answer = await client.get("/auth/jwks.json")

    keys = KeySet.import_key_set(answer.json)
    assert jwt.decode(key_ring.sign({"sub": "anna"}), keys, algorithms=["ES256"]).claims == {"sub": "anna"}
    assert set(answer.json["keys"][0]) == {"kty", "crv", "x", "y", "kid", "use", "alg"}


async def test_the_keys_may_be_kept_for_less_than_they_are_published_ahead(client):
    answer = await client.get("/auth/jwks.json")

    assert answer.headers["cache-control"] == "public, max-age=300"


async def test_a_kept_copy_of_the_keys_is_confirmed_without_sending_it(client):
    etag = (await client.get("/auth/jwks.json")).headers["etag"]

    again = await client.get("/auth/jwks.json", headers={"If-None-Match": etag})

    assert (again.status_code, again.content) == (304, b"")


async def test_discovery_names_every_endpoint_below_the_issuer(client):
    answer = await client.get("/auth/.well-known/openid-configuration")

    issuer = "http://127.0.0.1:8080/api/auth"
    assert answer.json["issuer"] == issuer
    assert {name: url for name, url in answer.json.items() if name.endswith(("_endpoint", "_uri"))} == {
        "authorization_endpoint": f"{issuer}/authorize",
        "token_endpoint": f"{issuer}/token",
        "userinfo_endpoint": f"{issuer}/userinfo",
        "jwks_uri": f"{issuer}/jwks.json",
        "revocation_endpoint": f"{issuer}/revoke",
        "introspection_endpoint": f"{issuer}/introspect",
        "end_session_endpoint": f"{issuer}/end-session",
    }


async def test_discovery_offers_nothing_that_is_out_of_date(client):
    metadata = (await client.get("/auth/.well-known/openid-configuration")).json

    assert metadata["code_challenge_methods_supported"] == ["S256"]
    assert metadata["response_types_supported"] == ["code"]
    assert metadata["id_token_signing_alg_values_supported"] == ["ES256"]
    assert metadata["grant_types_supported"] == ["authorization_code", "refresh_token", "client_credentials"]
    assert metadata["authorization_response_iss_parameter_supported"] is True
