"""What declarations say that cannot all be true."""

from __future__ import annotations

import pytest

from prost.spec import ServiceSpec
from prost_cli.checking.landscape import check_landscape


def declare(name, *, folder=None, **sections):
    document = {"service": {"name": name, "summary": "A service."}, **sections}
    return folder or name, ServiceSpec.model_validate(document)


def problems(root, *declared):
    specs = {root / "services" / folder: spec for folder, spec in declared}
    return [(finding.file, finding.problem) for finding in check_landscape(root, specs)]


def http(prefix, *public, **more):
    return {"prefix": prefix, "public": [{"path": path, "auth": "anonymous"} for path in public], **more}


def test_services_that_fit_together_have_no_problem(tmp_path):
    contracts = tmp_path / "services" / "cart" / "contracts"
    contracts.mkdir(parents=True)
    (contracts / "cart.cart-emptied.v1.json").write_text("{}")
    events = {"needs": {"postgres": True}, "run": {"worker": True}}
    cart = declare("cart", http=http("/api/cart"), events={"publishes": ["cart.cart-emptied.v1"]}, **events)
    orders = declare(
        "orders",
        http=http("/api/orders"),
        calls={"cart": True},
        events={"consumes": ["cart.cart-emptied.v1"]},
        **events,
    )

    assert problems(tmp_path, cart, orders) == []


def test_a_folder_has_the_name_of_its_service(tmp_path):
    assert problems(tmp_path, declare("cart", folder="basket")) == [
        ("services/basket/service.toml", "the service is named 'cart' in the folder 'basket'")
    ]


@pytest.mark.parametrize(
    ("first", "second"), [("/api/cart", "/api/cart"), ("/api/cart", "/api/cart/old"), ("/api/a/b", "/api/a")]
)
def test_addresses_at_the_gateway_do_not_overlap(tmp_path, first, second):
    found = problems(tmp_path, declare("cart", http=http(first)), declare("orders", http=http(second)))

    message = f"{second} at the gateway overlaps with {first} of cart"
    assert found == [("services/orders/service.toml", message)]


def test_addresses_that_only_begin_alike_are_two(tmp_path):
    assert not problems(
        tmp_path, declare("cart", http=http("/api/cart")), declare("carts", http=http("/api/carts"))
    )


def test_a_service_lies_below_api_and_its_files_below_media(tmp_path):
    declared = declare("cart", needs={"objects": ["pics"]}, http=http("/cart", media={"/pictures": "pics"}))

    assert [problem for _, problem in problems(tmp_path, declared)] == [
        "http.prefix '/cart' is outside /api/",
        "http.media '/pictures' is outside /media/",
    ]


def test_a_provider_tells_everybody_its_keys(tmp_path):
    entries = [
        {"path": "/auth/.well-known/**", "auth": "anonymous", "methods": ["GET"]},
        {"path": "/auth/**", "auth": "customer"},
    ]
    declared = declare(
        "auth",
        http={"prefix": "/api/auth", "upstream": "/auth", "public": entries},
        provides={"identity": True},
    )

    assert [problem for _, problem in problems(tmp_path, declared)] == [
        "it provides identity, and not everybody may GET /auth/jwks.json"
    ]


def test_there_is_one_provider(tmp_path):
    provides = {"provides": {"identity": True}}
    found = problems(
        tmp_path,
        declare("auth", http=http("/api/auth", "/**"), **provides),
        declare("logins", http=http("/api/logins", "/**"), **provides),
    )

    assert found == [("services/logins/service.toml", "auth provides identity, too")]


def test_a_path_outside_of_upstream_has_no_address(tmp_path):
    declared = declare("orders", http=http("/api/orders", "/orders/**", "/webhooks", upstream="/orders"))

    assert [problem for _, problem in problems(tmp_path, declared)] == [
        "http.public[1] /webhooks lies outside http.upstream '/orders': no address leads to it"
    ]


@pytest.mark.parametrize(
    ("above", "below"),
    [
        ("/a/**", "/a/b"),
        ("/a/**", "/a"),
        ("/a/*", "/a/b"),
        ("/**", "/a/**"),
        ("/a/*/c", "/a/b/c"),
        ("/a", "/a"),
    ],
)
def test_an_entry_below_a_wider_one_is_never_reached(tmp_path, above, below):
    found = problems(tmp_path, declare("cart", http=http("/api/cart", above, below)))

    message = f"http.public[1] {below} is never reached: entries above it take its requests"
    assert found == [("services/cart/service.toml", message)]


@pytest.mark.parametrize(
    ("above", "below"),
    [("/a/b", "/a/**"), ("/a", "/a/b"), ("/a/*", "/a/b/c"), ("/a/b", "/a/*"), ("/a/*", "/a/**")],
)
def test_an_entry_below_a_narrower_one_is_reached(tmp_path, above, below):
    assert not problems(tmp_path, declare("cart", http=http("/api/cart", above, below)))


def test_an_entry_below_one_for_other_methods_is_reached(tmp_path):
    public = [{"path": "/a/**", "methods": ["GET"], "auth": "anonymous"}, {"path": "/a/**", "auth": "staff"}]

    assert not problems(tmp_path, declare("cart", http={"prefix": "/api/cart", "public": public}))


def test_calls_go_to_services_that_exist_and_can_be_called(tmp_path):
    orders = declare("orders", calls={"cart": True, "stock": True})

    assert [problem for _, problem in problems(tmp_path, orders, declare("cart"))] == [
        "calls.cart: the service has no [http]",
        "calls.stock: there is no such service",
    ]


def test_a_circle_of_calls_is_told_once(tmp_path):
    a = declare("a", http=http("/api/a"), calls={"b": True})
    b = declare("b", http=http("/api/b"), calls={"c": True})
    c = declare("c", http=http("/api/c"), calls={"a": True, "b": True})

    assert problems(tmp_path, a, b, c) == [
        ("services/a/service.toml", "calls go in a circle: a > b > c > a"),
        ("services/b/service.toml", "calls go in a circle: b > c > b"),
    ]


def test_a_consumed_event_has_a_publisher_and_a_contract(tmp_path):
    needs = {"needs": {"postgres": True}, "run": {"worker": True}}
    cart = declare("cart", events={"publishes": ["cart.cart-emptied.v1"]}, **needs)
    heard = ["cart.cart-emptied.v1", "cart.cart-emptied.v2", "stock.gone.v1"]
    orders = declare("orders", events={"consumes": heard}, **needs)

    contract = "services/cart/contracts/cart.cart-emptied.v1.json"
    assert [problem for _, problem in problems(tmp_path, cart, orders)] == [
        f"events.consumes: cart.cart-emptied.v1 has no contract {contract}",
        "events.consumes: nobody publishes cart.cart-emptied.v2",
        "events.consumes: nobody publishes stock.gone.v1",
    ]


def test_a_port_belongs_to_one_service(tmp_path):
    first = ("a", ServiceSpec.model_validate({"service": {"name": "a", "summary": "A.", "port": 8101}}))
    second = ("b", ServiceSpec.model_validate({"service": {"name": "b", "summary": "B.", "port": 8101}}))

    assert problems(tmp_path, first, second) == [
        ("services/b/service.toml", "service.port 8101 is that of a")
    ]
