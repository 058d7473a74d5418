"""An application through its whole ASGI edge."""

import asyncio
from uuid import UUID

import falcon.testing
import pytest
from pydantic import BaseModel, Field

from prost.errors import Conflict, FieldError, Invalid
from prost.http import MoneyIn, MoneyOut, PublicCache, RouteError, create_app, operation
from prost.money import Money
from prost.settings import Settings
from prost.spec import ServiceSpec


class ListQuery(BaseModel):
    q: str | None = Field(default=None, max_length=20)
    style: list[str] = []
    page_size: int = Field(default=20, ge=1, le=100)


class Variant(BaseModel):
    price: MoneyIn


class NewBeer(BaseModel):
    name: str = Field(min_length=1, max_length=40)
    stock: int = 0
    variants: list[Variant] = []


class Beer(BaseModel):
    name: str
    price: MoneyOut


class OrdersResource:
    @operation(
        summary="Order a beer.",
        body=NewBeer,
        returns=(201, dict[str, str]),
        auth="anonymous",
        idempotent=True,
    )
    async def on_post(self, req, resp, *, body: NewBeer, idempotency_key: str):
        return {"key": idempotency_key}


class SoldOut(Conflict):
    pass


class BeersResource:
    def __init__(self):
        self.reads = 0

    @operation(
        summary="List beers.",
        query=ListQuery,
        returns=dict[str, object],
        auth="anonymous",
        cache=PublicCache("beers", max_age=30),
    )
    async def on_get(self, req, resp, *, query: ListQuery):
        self.reads += 1
        return {"page_size": query.page_size, "styles": query.style, "q": query.q}

    @operation(
        summary="Add a beer.",
        body=NewBeer,
        returns=(201, Beer),
        errors=[SoldOut],
        auth="anonymous",
        max_body=300,
    )
    async def on_post(self, req, resp, *, body: NewBeer):
        if body.name == "gone":
            raise SoldOut("None left.", left=0)
        if body.name == "bug":
            raise RuntimeError("secret detail")
        if body.name == "slow":
            await asyncio.sleep(5)
        if body.name == "lie":
            return {"name": 1}
        return Beer(name=body.name, price=Money(129))


class BeerResource:
    @operation(summary="Read a beer.", returns=Beer, auth="anonymous")
    async def on_get(self, req, resp, *, beer_id: UUID):
        return {"name": str(beer_id), "price": Money(129)}

    @operation(summary="Forget a beer.", auth="staff")
    async def on_delete(self, req, resp, *, beer_id: UUID):
        return None


class LabelResource:
    @operation(
        summary="Read a label.",
        returns=dict[str, str],
        auth="anonymous",
        cache=PublicCache("labels", max_age=30),
    )
    async def on_get(self, req, resp, *, text: str):
        await asyncio.sleep(0.01)
        return {"text": text}


class MemoryCache:
    """The bytes' cache of one process, kept to the two calls that an application makes."""

    name, required = "cache", False

    def __init__(self):
        self.kept = {}

    async def start(self): ...

    async def stop(self): ...

    async def check(self): ...

    def peek(self, namespace, key):
        return self.kept.get((namespace, key))

    async def get_or_load(self, namespace, key, load, ttl):
        if (namespace, key) not in self.kept:
            self.kept[namespace, key] = await load()
        return self.kept[namespace, key]


JSON = {"Content-Type": "application/json"}
SPEC = ServiceSpec.model_validate({"service": {"name": "beers", "summary": "Keeps beers."}})


@pytest.fixture
def beers():
    return BeersResource()


@pytest.fixture
def app(beers):
    routes = {"/beers": beers, "/beers/{beer_id}": BeerResource(), "/orders": OrdersResource()}
    routes |= {"/labels/{text}": LabelResource()}
    return create_app(SPEC, Settings(service="beers", env="test"), routes, cache=MemoryCache())


@pytest.fixture
def client(app):
    return falcon.testing.TestClient(app)


def problem(answer):
    assert answer.headers["content-type"] == "application/problem+json"
    assert len(answer.json["trace_id"]) == 32
    return answer.json


def test_a_body_becomes_a_model_and_a_model_becomes_the_answer(client):
    answer = client.simulate_post("/beers", json={"name": "Märzen"})

    assert answer.status_code == 201
    assert answer.headers["content-type"] == "application/json"
    assert answer.json == {"name": "Märzen", "price": {"amount": "1.29", "currency": "EUR"}}


def test_a_mapping_with_money_is_written_as_json(client):
    answer = client.simulate_get("/beers/00000000-0000-7000-8000-000000000001")

    assert answer.json == {
        "name": "00000000-0000-7000-8000-000000000001",
        "price": {"amount": "1.29", "currency": "EUR"},
    }


def test_a_repeated_list_parameter_becomes_a_list(client):
    answer = client.simulate_get("/beers?style=pils&style=helles&q=a%20b+c")

    assert answer.json == {"page_size": 20, "styles": ["pils", "helles"], "q": "a b c"}


@pytest.mark.parametrize(
    ("query", "status", "field", "code"),
    [
        ("page_size=0", 422, "query.page_size", "greater-than-equal"),
        ("page_size=x", 422, "query.page_size", "int-parsing"),
        ("page_size=99999999999999999999999999", 422, "query.page_size", "less-than-equal"),
        ("page_size=1&page_size=2", 422, "query.page_size", "repeated"),
        ("colour=red", 422, "query.colour", "unknown"),
        ("q=a%00b", 422, "query.q", "nul"),
        ("q=%ED%A0%80", 400, "query.q", "utf-8"),
        ("q=%FF", 400, "query.q", "utf-8"),
        ("%FF=1", 400, "query.\ufffd", "utf-8"),
        ("&".join(["style=x"] * 201), 400, "query", "too-many"),
    ],
)
def test_a_bad_query_is_a_problem_that_names_the_parameter(client, query, status, field, code):
    answer = client.simulate_get("/beers", query_string=query)

    assert answer.status_code == status
    assert [(e["field"], e["code"]) for e in problem(answer)["errors"]] == [(field, code)]


def test_all_faults_of_a_query_are_told_at_once(client):
    answer = client.simulate_get("/beers?colour=red&page_size=0&q=a&q=b")

    assert [(e["field"], e["code"]) for e in problem(answer)["errors"]] == [
        ("query.colour", "unknown"),
        ("query.q", "repeated"),
        ("query.page_size", "greater-than-equal"),
    ]


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        (
            b'{"name": "x", "variants": [{"price": {"amount": "-1", "currency": "EUR"}}]}',
            422,
            "body.variants.0.price",
        ),
        (
            b'{"name": "x", "variants": [{"price": {"amount": "1", "currency": "XXX"}}]}',
            422,
            "body.variants.0.price",
        ),
        (b'{"name": "x", "colour": 1}', 422, "body.colour"),
        (b'{"name": "x", "variants": [{"price": null, "x": 1}]}', 422, "body.variants.0.price"),
        (b'{"name": 5}', 422, "body.name"),
        (b'{"name": "a\\u0000b"}', 422, "body.name"),
        (b'{"name": "x", "stock": 99999999999999999999999}', 422, "body.stock"),
        (b'{"name": "x", "stock": 1e300}', 422, "body.stock"),
        (b'{"name": "x", "stock": -9223372036854775809}', 422, "body.stock"),
        (b'{"name": "x", "stock": 1.5}', 422, "body.stock"),
        (b'{"name": "x", "stock": "1"}', 422, "body.stock"),
        (b'{"name": "\\ud800"}', 400, "body"),
        (b'{"name": ', 400, "body"),
        (b"\xff", 400, "body"),
        (b"", 400, "body"),
        (b"[" * 200 + b"]" * 50, 400, "body"),
        (b'{"name": "' + b"x" * 300 + b'"}', 413, "body"),
    ],
)
def test_a_bad_body_is_a_problem_that_names_the_field(client, body, status, field):
    answer = client.simulate_post("/beers", body=body, headers=JSON)

    assert answer.status_code == status
    assert problem(answer)["errors"][0]["field"] == field


def test_a_number_without_a_fraction_is_an_integer_as_in_json(client):
    answer = client.simulate_post("/beers", body=b'{"name": "x", "stock": 3.0}', headers=JSON)

    assert answer.status_code == 201


def test_a_body_that_is_nested_too_deeply_is_refused(client):
    body = b'{"name": ' + b"[" * 1000 + b'"\\u0000"' + b"]" * 1000 + b"}"

    answer = client.simulate_post("/orders", body=body, headers=JSON | {"Idempotency-Key": "k"})

    assert answer.status_code in {400, 422}
    assert problem(answer)["errors"][0]["field"].startswith("body")


def test_another_content_type_is_refused(client):
    answer = client.simulate_post("/beers", body=b"a=1", headers={"Content-Type": "text/plain"})

    assert answer.status_code == 415
    assert problem(answer)["errors"][0]["field"] == "header.Content-Type"


def test_an_identifier_that_cannot_exist_is_not_found(client):
    answer = client.simulate_get("/beers/kölsch")

    assert answer.status_code == 404
    assert problem(answer)["errors"][0]["field"] == "path.beer_id"


def test_an_unknown_address_is_a_problem(client):
    answer = client.simulate_get("/wine")

    assert answer.status_code == 404
    assert problem(answer) | {"trace_id": ""} == {
        "type": "urn:prost:problem:not-found",
        "title": "Not found",
        "status": 404,
        "code": "not-found",
        "instance": "/wine",
        "trace_id": "",
    }


def test_a_wrong_method_is_a_problem_that_says_what_is_allowed(client):
    answer = client.simulate_put("/beers")

    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, POST, OPTIONS"
    assert problem(answer)["code"] == "method-not-allowed"


def test_an_error_of_the_service_is_a_problem_with_its_own_code_and_members(client):
    answer = client.simulate_post("/beers", json={"name": "gone"})

    assert answer.status_code == 409
    assert problem(answer)["code"] == "sold-out"
    assert problem(answer)["title"] == "Sold out"
    assert problem(answer)["left"] == 0


def test_a_defect_is_a_500_that_tells_nothing_of_its_inside(client):
    answer = client.simulate_post("/beers", json={"name": "bug"})

    assert answer.status_code == 500
    assert problem(answer)["code"] == "internal-error"
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text


def test_an_answer_that_breaks_its_own_contract_fails_the_test_that_sees_it(client):
    answer = client.simulate_post("/beers", json={"name": "lie"})

    assert answer.status_code == 500


def test_the_trace_of_the_caller_is_the_trace_of_the_problem(client):
    parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

    answer = client.simulate_get("/wine", headers={"traceparent": parent})

    assert problem(answer)["trace_id"] == "0af7651916cd43dd8448eb211c80319c"


def test_a_kept_answer_is_served_without_asking_the_resource_again(client, beers):
    first = client.simulate_get("/beers?q=a")
    second = client.simulate_get("/beers?q=a")

    assert beers.reads == 1
    assert second.json == first.json == {"page_size": 20, "styles": [], "q": "a"}
    assert second.headers["etag"] == first.headers["etag"]
    assert second.headers["cache-control"] == first.headers["cache-control"] == "public, max-age=30"
    assert second.headers["content-type"] == "application/json"
    assert second.headers["content-length"] == str(len(first.content))


def test_a_client_with_the_same_etag_is_told_that_nothing_changed(client):
    etag = client.simulate_get("/beers").headers["etag"]

    kept = client.simulate_get("/beers", headers={"If-None-Match": f'"other", W/{etag}'})
    uncached = client.simulate_get("/beers?q=b", headers={"If-None-Match": "*"})

    assert (kept.status_code, kept.content) == (304, b"")
    assert (uncached.status_code, uncached.content) == (304, b"")


def test_a_problem_is_never_kept(client, app):
    client.simulate_get("/beers?page_size=0")

    assert app.runtime.cache.kept == {}


def test_a_path_that_looks_like_a_query_is_kept_apart(client):
    odd = client.simulate_get("/labels/pils%3Fq=1")
    plain = client.simulate_get("/labels/pils?q=1")

    assert odd.json == {"text": "pils?q=1"}
    assert plain.status_code == 422


def test_what_is_kept_for_all_is_made_however_little_time_the_first_one_has(client):
    hurried = client.simulate_get("/labels/pils", headers={"Prost-Deadline-Ms": "0"})

    assert hurried.status_code == 200


def test_head_answers_as_get_without_the_body(client):
    uncached = client.simulate_head("/beers")
    kept = client.simulate_head("/beers")

    assert (uncached.status_code, uncached.content) == (200, b"")
    assert (kept.status_code, kept.content) == (200, b"")
    assert kept.headers["content-length"] == uncached.headers["content-length"] == "37"


def test_an_idempotent_operation_asks_for_a_key(client):
    with_key = client.simulate_post("/orders", json={"name": "x"}, headers={"Idempotency-Key": "k-1"})
    without = client.simulate_post("/orders", json={"name": "x"})

    assert with_key.json == {"key": "k-1"}
    assert without.status_code == 400
    assert problem(without)["errors"][0]["field"] == "header.Idempotency-Key"


def test_a_caller_that_waits_no_longer_is_not_worked_for(client):
    answer = client.simulate_post("/beers", json={"name": "slow"}, headers={"Prost-Deadline-Ms": "50"})

    assert answer.status_code == 504
    assert problem(answer)["code"] == "deadline-exceeded"


def test_who_has_no_token_is_asked_for_one(client):
    answer = client.simulate_delete("/beers/00000000-0000-7000-8000-000000000001")

    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert problem(answer)["code"] == "unauthenticated"


def test_a_responder_without_an_operation_stops_the_application():
    class Plain:
        async def on_get(self, req, resp): ...

    with pytest.raises(RouteError, match=r"GET /plain: Plain.on_get has no @operation"):
        create_app(SPEC, Settings(service="beers", env="test"), {"/plain": Plain()})


def test_a_handler_that_does_not_take_what_it_declares_is_refused():
    with pytest.raises(TypeError, match="query of the operation and of the handler go together"):

        @operation(summary="x", query=ListQuery, auth="anonymous")
        async def on_get(self, req, resp): ...


def test_an_operation_that_does_not_say_whom_it_lets_in_is_refused_by_name():
    with pytest.raises(TypeError, match=r"Beers\.on_get: auth has to say who is let in"):

        class Beers:
            @operation(summary="x")
            async def on_get(self, req, resp): ...


def test_what_customers_name_in_a_path_is_said_to_be_theirs_or_not():
    @operation(summary="x", auth="customer", owned=True)
    async def on_get(self, req, resp, *, order_id: UUID): ...

    with pytest.raises(TypeError, match="on_put: owned is said where a customer names something in the path"):

        @operation(summary="x", auth="customer")
        async def on_put(self, req, resp, *, order_id: UUID): ...

    assert on_get.operation.owned


@pytest.mark.parametrize("auth", ["anonymous", "optional", "staff", "admin", "service"])
def test_nothing_is_owned_where_it_is_not_customers_who_ask(auth):
    with pytest.raises(TypeError, match="and only there"):

        @operation(summary="x", auth=auth, owned=True)
        async def on_get(self, req, resp, *, order_id: UUID): ...


@pytest.mark.parametrize(
    "declared", [{"auth": "customer", "roles": ["admin"]}, {"auth": "staff", "roles": ["customer"]}]
)
def test_roles_are_some_of_the_staffs(declared):
    with pytest.raises(TypeError, match="on_get: roles are some of the staff's"):

        @operation(summary="x", **declared)
        async def on_get(self, req, resp): ...


def test_an_error_may_name_several_fields():
    error = Invalid("No.", errors=[FieldError("body.a", "is bad"), FieldError("body.b", "is worse", "worse")])

    assert error.problem()["errors"] == [
        {"field": "body.a", "message": "is bad", "code": "invalid"},
        {"field": "body.b", "message": "is worse", "code": "worse"},
    ]
