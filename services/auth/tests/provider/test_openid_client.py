"""The provider as npm's openid-client finds it: a certified client with every check switched on."""

import json
import subprocess

import pytest

PASSWORD = "korrekt pferd batterie"


@pytest.fixture(scope="module")
def found_by(node_packages):
    """Give the function that runs the client's script and returns what it found."""
    folder, node = node_packages

    def run(**told):
        done = subprocess.run(
            [str(node), "flow.mjs"],
            cwd=folder,
            input=json.dumps(told),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run


@pytest.fixture
def found(found_by, serve, application, person):
    """Let the client go through everything, once for all that is held against it."""
    anna = person("anna@example.org")
    provider = serve()
    told = {
        "client_id": application.client_id,
        "client_secret": application.secret,
        "redirect_uri": application.redirect_uri,
        "post_logout_redirect_uri": "https://notes.example/bye",
    }
    found = found_by(
        issuer=provider, application=told, person={"email": "anna@example.org", "password": PASSWORD}
    )
    return found | {"anna": str(anna.id), "provider": provider, "client_id": application.client_id}


def test_a_client_that_nobody_here_wrote_goes_through_everything(found):
    claims = found["claims"]

    assert found["issuer"] == found["provider"] == claims["iss"]
    assert (claims["sub"], claims["aud"], claims["amr"]) == (found["anna"], found["client_id"], ["pwd"])
    assert found["userinfo"]["sub"] == found["anna"]
    assert found["userinfo"]["email"] == "anna@example.org"
    assert found["refreshed"]["auth_time"] == claims["auth_time"]
    assert found["refreshed"]["sid"] == claims["sid"]
    assert found["rotated"] is True
    assert found["active"]["active"] is True
    assert found["revoked"] == {"active": False}
    assert found["refreshAfterRevocation"] == "invalid_grant"
    assert found["userinfoAfterRevocation"] == "401"
    assert (found["own"]["sub"], found["own"]["aud"]) == (f"service:{found['client_id']}", "analytics")
    assert found["codeTwice"] == "invalid_grant"
    assert found["firstAfterCodeTwice"] == {"active": False}
    assert found["wrongVerifier"] == "invalid_grant"
    assert found["silent"] == "login_required"
    assert found["goodbye"]["redirect_to"] == "https://notes.example/bye?state=see+you"
    assert found["cookieAfterGoodbye"] == 401
