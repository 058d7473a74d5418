"""The declaration of a service."""

import pytest

from prost.spec import ServiceSpec, SpecError

GOOD = """
[service]
name = "orders"
summary = "Takes orders."

[http]
prefix = "/api/orders"
upstream = "/orders"
media = { "/media/orders" = "labels" }

[[http.public]]
path = "/orders/*/label"
methods = ["GET"]
auth = "anonymous"

[[http.public]]
path = "/orders/**"
auth = "customer"
rate = "60/min"

[needs]
postgres = true
objects = ["labels"]

[calls]
cart = true
auth = false

[events]
publishes = ["orders.order-confirmed.v1"]
consumes = ["payments.payment-captured.v1"]

[run]
web = { db_threads = 4, replicas = [1, 3] }
worker = true
"""


@pytest.fixture
def load(tmp_path):
    def write_and_load(text):
        (tmp_path / "service.toml").write_text(text)
        return ServiceSpec.load(tmp_path)

    return write_and_load


def problems(caught):
    return {problem.field: problem.message for problem in caught.value.problems}


def test_a_declaration_is_read(load):
    spec = load(GOOD)

    assert spec.name == "orders"
    assert spec.package == "prost_orders"
    assert spec.callees == ("cart",)
    assert spec.run.web.db_threads == 4
    assert spec.run.web.workers == 2
    assert str(spec.http.public[1].rate) == "60/min"
    assert (spec.http.public[1].rate.requests, spec.http.public[1].rate.seconds) == (60, 60)


@pytest.mark.parametrize("auth", ["optional", "customer", "admin"])
def test_scripts_of_others_are_let_in_where_nobody_signs_in(load, auth):
    text = GOOD.replace('auth = "anonymous"', f'auth = "{auth}"\nscripts = "any"')

    with pytest.raises(SpecError) as caught:
        load(text)

    assert problems(caught) == {
        "http.public[0]": 'scripts of other origins are let in with auth = "anonymous" only'
    }


def test_the_first_public_route_that_matches_wins(load):
    http = load(GOOD).http

    assert http.route_for("GET", "/orders/7/label").auth == "anonymous"
    assert http.route_for("HEAD", "/orders/7/label").auth == "anonymous"
    assert http.route_for("POST", "/orders/7/label").auth == "customer"
    assert http.route_for("GET", "/orders").auth == "customer"
    assert http.route_for("GET", "/orders/7/8/9").auth == "customer"
    assert http.route_for("GET", "/ordersx") is None
    assert http.route_for("GET", "/") is None


def test_every_problem_is_told_at_once_with_its_path(load):
    with pytest.raises(SpecError) as caught:
        load(
            GOOD.replace('auth = "customer"', 'auth = "everyone"')
            .replace("db_threads", "db_thread")
            .replace('"60/min"', '"60/day"')
            .replace('name = "orders"', 'name = "Orders!"')
        )

    assert sorted(problems(caught)) == [
        "http.public[1].auth",
        "http.public[1].rate",
        "run.web.db_thread",
        "service.name",
    ]
    assert problems(caught)["run.web.db_thread"] == "unknown key; did you mean 'db_threads'?"


def test_contradictions_between_sections_are_problems(load):
    with pytest.raises(SpecError) as caught:
        load(
            GOOD.replace("worker = true", "worker = false")
            .replace('objects = ["labels"]', "objects = []")
            .replace("postgres = true", "postgres = false")
            .replace("cart = true", "orders = true")
            .replace("orders.order-confirmed.v1", "cart.cart-emptied.v1")
            .replace("[1, 3]", "[3, 1]")
        )

    assert sorted(problems(caught)) == [
        "calls.orders",
        "events.publishes[0]",
        "http.media./media/orders",
        "needs.postgres",
        "run.web.replicas",
        "run.worker",
    ]


def test_a_public_route_without_a_policy_is_a_problem(load):
    with pytest.raises(SpecError) as caught:
        load(GOOD.replace('auth = "anonymous"\n', ""))

    assert problems(caught) == {"http.public[0].auth": "Field required"}


def test_what_is_for_services_is_never_public(load):
    with pytest.raises(SpecError) as caught:
        load(GOOD.replace('auth = "customer"', 'auth = "service"'))

    assert list(problems(caught)) == ["http.public[1].auth"]


def test_a_service_may_provide_the_identity_of_all(load):
    assert not load(GOOD).provides.identity
    assert load(GOOD + "\n[provides]\nidentity = true\n").provides.identity


def test_an_issuer_without_an_address_is_a_problem(load):
    with pytest.raises(SpecError) as caught:
        load('[service]\nname = "auth"\nsummary = "Signs."\n[provides]\nidentity = true\n')

    assert list(problems(caught)) == ["provides.identity"]


def test_a_file_that_is_no_toml_says_where(load):
    with pytest.raises(SpecError, match="line 2"):
        load("[service]\nname = x")


def test_a_missing_file_is_a_problem(tmp_path):
    with pytest.raises(SpecError, match="No such file"):
        ServiceSpec.load(tmp_path / "service.toml")


def test_editors_get_a_schema():
    schema = ServiceSpec.json_schema()

    assert schema["required"] == ["service"]
    assert schema["$defs"]["PublicRoute"]["properties"]["rate"]["anyOf"][0]["type"] == "string"
