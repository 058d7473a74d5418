"""A stack of all services, and the two doors by which each operation is tried: the gateway, and its own."""

from __future__ import annotations

import http.client
import json
import re
import urllib.request
from contextlib import closing
from dataclasses import dataclass, field
from functools import cached_property
from http.client import UNAUTHORIZED
from urllib.parse import quote
from uuid import NAMESPACE_URL, uuid5

import aiohttp

from prost_cli.dev.ports import LOOPBACK
from prost_cli.dev.tokens import request_accounts, request_token

from .personas import SPOOFED, forged

NAMES = ("nothing-of-the-kind", "NOTHING-OF-THE-KIND", "nothing", "999999999")
MADE_UP = {"uuid": "00000000-0000-7000-8000-00000000dead"}


@dataclass(frozen=True)
class Owner:
    """Whose rows are made; address and password are known of accounts that were seeded."""

    subject: str
    token: str = field(repr=False)
    email: str | None = None
    password: str | None = None

    @property
    def headers(self):
        """What they send with each request."""
        return {"Authorization": f"Bearer {self.token}"}


@dataclass
class RunningStack:
    """A stack of all services."""

    stack: object
    tokens: dict[tuple, str] = field(default_factory=dict)
    documents: dict[str, dict] = field(default_factory=dict)

    @cached_property
    def accounts(self):
        """The seeded accounts as the dashboard shows them."""
        return request_accounts(self.stack)

    def address(self, service):
        """Return "host:port" of a service's own door."""
        return f"{LOOPBACK}:{self.stack.ports[f'{service}:web']}"

    @property
    def gateway(self):
        """Where everybody outside goes."""
        return f"{LOOPBACK}:{self.stack.ports['gateway']}"

    def subject(self, role):
        """Return the id of the seeded account with this role, or a made-up one where nobody was seeded."""
        account = self.account(role)
        return account["id"] if account else str(uuid5(NAMESPACE_URL, role))

    def account(self, role):
        """Return the seeded account with this role and no other, save that of a customer."""
        wanted = {frozenset({role}), frozenset({role, "customer"})}
        return next((each for each in self.accounts["accounts"] if frozenset(each["roles"]) in wanted), None)

    def token(self, persona, service):
        """Return the token that a persona sends to a service, signed by the stack's issuer unless forged."""
        # People have one for all services, services one for each.
        audience = {"audience": service} if persona.kind == "service" else {}
        key = (persona, *audience.values())
        if key not in self.tokens:
            asked = {"sub": self.subject(persona.account), **audience, **persona.token}
            token = request_token(self.stack, asked.pop("sub"), sorted(persona.roles), **asked)
            is_forged = persona.kind in {"forger", "unsigned"}
            self.tokens[key] = forged(token, signed=persona.kind == "forger") if is_forged else token
        return self.tokens[key]

    def sign_in_again(self, persona):
        """Forget a persona's tokens, so that the next ones are new."""
        self.tokens = {key: token for key, token in self.tokens.items() if key[0] != persona}

    def headers(self, persona, service):
        """Return what a persona says of itself."""
        known = persona.roles is not None
        return SPOOFED | ({"Authorization": f"Bearer {self.token(persona, service)}"} if known else {})

    def knock(self, operation, persona, *, outside, is_admitted, parameters=None, body=None):
        """Send one request through a door; parameters and body that are not given are made up."""
        request = {"outside": outside, "parameters": parameters, "body": body}
        answer = self._send(operation, self.headers(persona, operation.service), **request)
        if answer.status == UNAUTHORIZED and is_admitted and not operation.has_its_own_mind:
            # What another one was let do may have signed out the account: they sign in again.
            self.sign_in_again(persona)
            answer = self._send(operation, self.headers(persona, operation.service), **request)
        return answer

    def _send(self, operation, headers, *, outside, parameters, body):
        described = self._described(operation)
        path = operation.outside if outside else operation.path
        values = parameters or {each["name"]: _made_up(each["schema"]) for each in described["path"]}
        target = re.sub(r"{(\w+)[^}]*}", lambda found: quote(str(values[found[1]]), safe=""), path)
        content = described["content"]
        payload = json.dumps(body if body is not None else {}) if content == "application/json" else ""
        sent = {**headers, "Content-Type": content} if content else headers
        address = self.gateway if outside else self.address(operation.service)
        return send(address, operation.method, target, sent, payload if content else None)

    async def made(self, sample, operation, persona):
        """Have a row made for someone, and return its path parameters and a body that fits the operation."""
        account = self.account(persona.account) or {}
        owner = Owner(
            self.subject(persona.account),
            self.token(persona, operation.service),
            account.get("email"),
            self.accounts["password"] if account else None,
        )
        base = f"http://{self.address(operation.service)}"
        async with aiohttp.ClientSession(base, headers=owner.headers) as client:
            found = await sample(client, owner)
        return found if isinstance(found, tuple) else (found, None)

    def _described(self, operation):
        """Return path parameters and content type of an operation, as its OpenAPI document has them."""
        if operation.service not in self.documents:
            with urllib.request.urlopen(f"http://{self.address(operation.service)}/openapi.json") as answer:
                self.documents[operation.service] = json.load(answer)
        path = self.documents[operation.service]["paths"][re.sub(r"{(\w+)[^}]*}", r"{\1}", operation.path)]
        found = path[operation.method.lower()]
        parameters = [*path.get("parameters", ()), *found.get("parameters", ())]
        return {
            "path": [each for each in parameters if each["in"] == "path"],
            "content": next(iter(found.get("requestBody", {}).get("content", {})), None),
        }


def send(address, method, target, headers=(), body=None):
    """Send one request as it is and return its answer."""
    connection = http.client.HTTPConnection(address, timeout=30)
    with closing(connection):
        connection.request(method, target, body=body, headers=dict(headers))
        response = connection.getresponse()
        response.read()
        return response


def _made_up(schema):
    """Return a value that a path parameter can have and nothing is named by."""
    if schema.get("format") in MADE_UP:
        return MADE_UP[schema["format"]]
    if "enum" in schema:
        return schema["enum"][0]
    if schema.get("type") == "integer":
        return 999_999_999
    fitting = (text for text in NAMES if re.search(schema.get("pattern", ""), text))
    value = next(fitting, None)
    assert value is not None, f"make up a name for {schema}"
    return value
