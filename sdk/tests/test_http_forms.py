"""Forms, files, redirects and errors of another protocol, through a whole application."""

from typing import ClassVar

import falcon.testing
import pytest
from pydantic import BaseModel, ConfigDict, Field

from prost.errors import Invalid, ProstError
from prost.http import PrivateCookie, create_app, operation, redirect
from prost.settings import Settings
from prost.spec import ServiceSpec


class NewSubscriber(BaseModel):
    email: str = Field(min_length=3, max_length=40)
    bottles: int = 1
    style: list[str] = []
    name: str | None = None


class TokenRequest(BaseModel):
    model_config = ConfigDict(extra="ignore")

    grant_type: str
    scope: str | None = None


class OAuthError(ProstError):
    """RFC 6749, section 5.2."""

    status = 400
    media_type = "application/json"
    schema: ClassVar = {
        "type": "object",
        "properties": {"error": {"type": "string"}, "error_description": {"type": "string"}},
        "required": ["error"],
    }

    def problem(self, *, instance="", trace_id=""):
        return {"error": self.code, "error_description": self.detail}


class InvalidRequest(OAuthError):
    code = "invalid_request"


class InvalidClient(OAuthError):
    status = 401
    code = "invalid_client"


class SubscribersResource:
    @operation(
        summary="Subscribe.",
        form=NewSubscriber,
        returns=(201, NewSubscriber),
        auth="anonymous",
        max_body=2000,
    )
    async def on_post(self, req, resp, *, form: NewSubscriber):
        return form


class TokenResource:
    @operation(
        summary="Give a token.",
        form=TokenRequest,
        returns=dict[str, str | None],
        errors=[InvalidClient],
        malformed=InvalidRequest,
        auth="anonymous",
    )
    async def on_post(self, req, resp, *, form: TokenRequest):
        if form.grant_type == "refresh_token":
            raise InvalidClient("Nobody knows you.", headers={"WWW-Authenticate": 'Basic realm="token"'})
        if form.grant_type == "password":
            raise Invalid("Not that.")
        return {"grant_type": form.grant_type, "scope": form.scope}


class LabelResource:
    @operation(
        summary="Keep a label.",
        files=("image/png", "image/jpeg"),
        returns=dict[str, int],
        auth="anonymous",
        max_body=100,
    )
    async def on_put(self, req, resp, *, body: bytes):
        return {"bytes": len(body)}


class LoginResource:
    @operation(summary="Go and sign in.", returns=(303, None), auth="anonymous")
    async def on_get(self, req, resp):
        redirect(resp, "https://id.example/authorize?state=a%2Fb&x=1")


SPEC = ServiceSpec.model_validate({"service": {"name": "letters", "summary": "Writes letters."}})


@pytest.fixture
def client():
    routes = {
        "/subscribers": SubscribersResource(),
        "/token": TokenResource(),
        "/label": LabelResource(),
        "/login": LoginResource(),
    }
    return falcon.testing.TestClient(create_app(SPEC, Settings(service="letters", env="test"), routes))


@pytest.fixture
def document(client):
    return client.simulate_get("/openapi.json").json


def send(client, path, body, content_type="application/x-www-form-urlencoded"):
    return client.simulate_post(path, body=body, headers={"Content-Type": content_type})


def test_a_form_is_read_into_its_model(client):
    answer = send(client, "/subscribers", "email=ada%40b.org&bottles=6&style=pils&style=alt&name=Ada+L.")

    assert answer.status_code == 201
    assert answer.json == {
        "email": "ada@b.org",
        "bottles": 6,
        "style": ["pils", "alt"],
        "name": "Ada L.",
    }


def test_a_form_may_say_that_it_is_utf_8(client):
    content_type = 'application/x-www-form-urlencoded; charset="UTF-8"'

    answer = send(client, "/subscribers", "email=j%C3%BCrgen", content_type)

    assert answer.json["email"] == "jürgen"


def test_a_field_that_was_left_empty_was_not_sent(client):
    answer = send(client, "/subscribers", "email=ada&name=&bottles=")

    assert (answer.json["name"], answer.json["bottles"]) == (None, 1)


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ("email=ada&email=eve", "form.email", "repeated"),
        ("email=ada&name=&name=Ada", "form.name", "repeated"),
        ("email=ada&colour=red", "form.colour", "unknown"),
        ("email=ada%00", "form.email", "nul"),
        ("bottles=1", "form.email", "missing"),
        ("", "form.email", "missing"),
        ("email=ada&bottles=many", "form.bottles", "int-parsing"),
        ("email=ada&bottles=99999999999999999999", "form.bottles", "too-large"),
    ],
)
def test_a_field_that_is_not_valid_is_named(client, body, field, code):
    answer = send(client, "/subscribers", body)

    assert answer.status_code == 422
    assert [(problem["field"], problem["code"]) for problem in answer.json["errors"]] == [(field, code)]


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        ("email=%ff", "application/x-www-form-urlencoded", 400),
        ("&".join(f"style={n}" for n in range(201)), "application/x-www-form-urlencoded", 400),
        ('{"email":"ada"}', "application/json", 415),
        ("email=ada", "multipart/form-data", 415),
        (f"email=ada&name={'x' * 2000}", "application/x-www-form-urlencoded", 413),
    ],
)
def test_what_is_no_form_is_refused(client, body, content_type, status):
    assert send(client, "/subscribers", body, content_type).status_code == status


def test_a_model_may_take_names_that_it_does_not_have(client):
    answer = send(client, "/token", "grant_type=client_credentials&colour=red&colour=blue&scope=")

    assert answer.json == {"grant_type": "client_credentials", "scope": None}


def test_an_error_of_another_protocol_is_told_in_its_words(client):
    answer = send(client, "/token", "grant_type=refresh_token")

    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["www-authenticate"] == 'Basic realm="token"'
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json == {"error": "invalid_client", "error_description": "Nobody knows you."}


@pytest.mark.parametrize(
    ("body", "content_type", "description"),
    [
        ("scope=x", "application/x-www-form-urlencoded", "form.grant_type Field required"),
        ("grant_type=x&grant_type=y", "application/x-www-form-urlencoded", "is given more than once"),
        ("grant_type=%ff", "application/x-www-form-urlencoded", "is not UTF-8"),
        ("{}", "application/json", "has to be application/x-www-form-urlencoded"),
        ("grant_type=password", "application/x-www-form-urlencoded", "Not that."),
    ],
)
def test_a_request_that_cannot_be_read_is_told_in_the_words_of_its_protocol(
    client, body, content_type, description
):
    answer = send(client, "/token", body, content_type)

    assert answer.status_code == 400
    assert answer.json["error"] == "invalid_request"
    assert description in answer.json["error_description"]


def test_a_file_is_taken_as_it_is(client):
    answer = client.simulate_put("/label", body=b"\x89PNG", headers={"Content-Type": "image/png"})

    assert answer.json == {"bytes": 4}


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b"GIF89a", "image/gif", 415),
        (b"x" * 101, "image/png", 413),
        (b"", "image/png", 400),
    ],
)
def test_a_file_that_is_not_wanted_is_refused(client, body, content_type, status):
    answer = client.simulate_put("/label", body=body, headers={"Content-Type": content_type})

    assert answer.status_code == status


def test_a_redirect_keeps_an_encoded_address_as_it_is(client):
    answer = client.simulate_get("/login")

    assert answer.status_code == 303
    assert answer.headers["location"] == "https://id.example/authorize?state=a%2Fb&x=1"
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("url", ["/a\r\nSet-Cookie: a=b", "/ä", "/a b", ""])
def test_nobody_is_sent_to_what_is_no_address(url):
    with pytest.raises(ValueError, match="printable ASCII"):
        redirect(falcon.asgi.Response(), url)


def test_an_operation_has_one_kind_of_body():
    with pytest.raises(TypeError, match="one body, form or file"):

        @operation(summary="x", form=TokenRequest, files=("image/png",), auth="anonymous")
        async def on_post(self, req, resp, *, form, body): ...


def test_a_handler_takes_the_form_that_its_operation_declares():
    with pytest.raises(TypeError, match="form of the operation and of the handler go together"):

        @operation(summary="x", form=TokenRequest, auth="anonymous")
        async def on_post(self, req, resp): ...


def test_a_form_is_described_without_nulls(document):
    content = document["paths"]["/subscribers"]["post"]["requestBody"]["content"]

    form = content["application/x-www-form-urlencoded"]["schema"]
    assert sorted(form["properties"]) == ["bottles", "email", "name", "style"]
    assert form["properties"]["name"] == {"type": "string"}
    assert form["required"] == ["email"]
    assert form["additionalProperties"] is False
    assert "TokenRequest" not in document["components"]["schemas"]


def test_a_form_that_takes_more_says_so(document):
    content = document["paths"]["/token"]["post"]["requestBody"]["content"]

    assert content["application/x-www-form-urlencoded"]["schema"]["additionalProperties"] is True


def test_a_file_is_described_by_its_media_types(document):
    body = document["paths"]["/label"]["put"]["requestBody"]

    assert body == {"required": True, "content": {"image/png": {}, "image/jpeg": {}}}


def test_errors_of_another_protocol_are_described_in_its_words(document):
    answers = document["paths"]["/token"]["post"]["responses"]

    assert sorted(answers) == ["200", "400", "401", "default"]
    assert answers["400"]["content"] == {"application/json": {"schema": OAuthError.schema}}


def test_a_redirect_is_described_by_where_it_goes(document):
    answer = document["paths"]["/login"]["get"]["responses"]["303"]

    assert answer["headers"]["Location"]["required"] is True


class SessionResource:
    def __init__(self, cookie):
        self.cookie = cookie

    @operation(summary="Say who this is.", returns=dict[str, str | None], auth="anonymous")
    async def on_get(self, req, resp):
        return {"value": self.cookie.read(req)}

    @operation(summary="Sign in.", auth="anonymous")
    async def on_post(self, req, resp):
        self.cookie.write(resp, "abc", max_age=60)

    @operation(summary="Sign out, and fail.", auth="anonymous")
    async def on_delete(self, req, resp):
        self.cookie.clear(resp)
        raise Invalid("No.")


def browser_of(public_url):
    cookie = PrivateCookie("who", path="/api/auth", public_url=public_url)
    settings = Settings(service="letters", env="test")
    return falcon.testing.TestClient(create_app(SPEC, settings, {"/session": SessionResource(cookie)}))


def test_a_private_cookie_is_for_the_shops_own_pages_and_no_script():
    cookie = browser_of("https://shop.example").simulate_post("/session").cookies["__Secure-who"]

    assert (cookie.value, cookie.max_age, cookie.path) == ("abc", 60, "/api/auth")
    assert (cookie.secure, cookie.http_only, cookie.same_site) == (True, True, "Strict")


def test_a_private_cookie_works_without_tls_where_there_is_none():
    cookie = browser_of("http://127.0.0.1:8080").simulate_post("/session").cookies["who"]

    assert not cookie.secure


def test_a_private_cookie_can_be_taken_away_by_an_error():
    answer = browser_of("https://shop.example").simulate_delete("/session")

    assert answer.status_code == 422
    assert answer.cookies["__Secure-who"].expires.year == 1970
    assert answer.cookies["__Secure-who"].secure
    assert answer.cookies["__Secure-who"].path == "/api/auth"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec-Fetch-Site": "same-origin", "Origin": "https://shop.example"},
        {"Sec-Fetch-Site": "none"},
    ],
)
def test_the_shops_own_pages_can_use_a_private_cookie(headers):
    headers = {"Cookie": "__Secure-who=abc", **headers}

    assert browser_of("https://shop.example").simulate_get("/session", headers=headers).json == {
        "value": "abc"
    }


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "https://shop.example:8443"},
        {"Origin": "http://shop.example"},
        {"Origin": "null"},
    ],
)
def test_pages_of_others_cannot_use_a_private_cookie(headers):
    headers = {"Cookie": "__Secure-who=abc", **headers}

    answer = browser_of("https://shop.example").simulate_get("/session", headers=headers)

    assert (answer.status_code, answer.json["code"]) == (403, "cross-site-request")


@pytest.mark.parametrize("cookie", ["who=abc", "__Secure-who=a; __Secure-who=b", "__Secure-who="])
def test_a_cookie_that_is_not_for_sure_the_private_one_is_none(cookie):
    answer = browser_of("https://shop.example").simulate_get("/session", headers={"Cookie": cookie})

    assert answer.json == {"value": None}
