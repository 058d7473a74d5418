"""The configuration itself: what it is made of, and that Envoy takes it."""

from __future__ import annotations

import hashlib
import json

import pytest

from prost.spec import Provides, ServiceSpec
from prost_cli.errors import CliError
from prost_cli.gateway import Addresses, Endpoint, GatewaySettings, Identity, render, write
from prost_cli.gateway.commands import in_containers, render_clients, validate
from prost_cli.gateway.paths import path_match, public_path


def declare(name, **http):
    return ServiceSpec.model_validate(
        {"service": {"name": name, "summary": "A service."}, "http": {"prefix": f"/api/{name}", **http}}
    )


EVERYTHING = Addresses(
    public_url="https://shop.test",
    services={"orders": "orders:8000", "catalog": "10.0.0.7:8000"},
    storefront="storefront:8080",
    storefront_hot_reload=True,
    objects="https://objects.test",
    identity=Identity(issuer="https://shop.test", audience="prost", jwks_url="https://shop.test/jwks"),
    otlp="http://collector:4318",
)


@pytest.mark.parametrize("addresses", [Addresses(), EVERYTHING], ids=["nothing", "everything"])
@pytest.mark.parametrize(
    "settings",
    [GatewaySettings(), GatewaySettings(cors_origins=("https://a.test",), compression=(), rate_limits=False)],
    ids=["defaults", "others"],
)
def test_envoy_takes_the_configuration(addresses, settings, declaration):
    specs = [
        declare(
            "orders", upstream="/orders", public=[{"path": "/orders/**", "auth": "staff", "rate": "9/s"}]
        ),
        ServiceSpec.model_validate(declaration),
    ]

    assert validate(specs, settings, addresses)


def test_envoy_takes_a_gateway_without_services():
    assert validate([], GatewaySettings(), Addresses())


def test_envoy_takes_addresses_of_a_container_network():
    specs = [declare("orders", public=[{"path": "/**", "auth": "anonymous"}])]

    assert validate(specs, GatewaySettings(), in_containers(specs))


def test_equal_declarations_give_equal_bytes_in_any_order():
    orders, cart = declare("orders"), declare("cart")

    first = render("/gateway", [orders, cart], GatewaySettings(), Addresses())
    second = render("/gateway", [cart, orders], GatewaySettings(), Addresses())

    assert first == second


def test_clusters_are_written_before_the_routes_that_lead_to_them():
    assert list(render("/gateway", [], GatewaySettings(), Addresses()))[:2] == [
        "clusters.json",
        "routes.json",
    ]


def test_writing_again_changes_nothing(tmp_path):
    specs, settings = [declare("orders")], GatewaySettings()

    first = write(tmp_path / "envoy", specs, settings, Addresses())
    second = write(tmp_path / "envoy", specs, settings, Addresses())

    assert first == {"bootstrap.json", "clusters.json", "listeners.json", "routes.json"}
    assert second == frozenset()


def test_a_file_is_replaced_and_never_written_in_place(tmp_path):
    write(tmp_path, [], GatewaySettings(), Addresses())
    before = (tmp_path / "routes.json").stat().st_ino

    write(
        tmp_path,
        [declare("orders", public=[{"path": "/**", "auth": "anonymous"}])],
        GatewaySettings(),
        Addresses(),
    )

    assert (tmp_path / "routes.json").stat().st_ino != before
    assert not list(tmp_path.glob(".*"))


def test_hsts_is_sent_where_browsers_see_tls():
    files = render("/gateway", [], GatewaySettings(), EVERYTHING)

    assert b"strict-transport-security" in files["routes.json"]


def test_hot_reload_loosens_the_policy_and_lets_web_sockets_through():
    routes = render("/gateway", [], GatewaySettings(), EVERYTHING)["routes.json"].decode()

    assert "style-src 'self' 'unsafe-inline'" in routes
    assert "worker-src 'self' blob:" in routes
    assert '"upgrade_type": "websocket"' in routes


def test_sources_are_added_to_the_policy_by_settings():
    settings = GatewaySettings(
        content_security_policy={"script-src": ("'sha256-abc='",), "object-src": ("'self'",)}
    )
    addresses = Addresses(storefront="storefront:8080")
    routes = render("/gateway", [], settings, addresses)["routes.json"].decode()

    assert "script-src 'self' 'sha256-abc=';" in routes
    assert "object-src 'self';" in routes


def test_object_storage_is_addressed_by_its_own_name():
    spec = ServiceSpec.model_validate(
        {
            "service": {"name": "catalog", "summary": "A service."},
            "needs": {"objects": ["media"]},
            "http": {"prefix": "/api/catalog", "media": {"/media/catalog": "media"}},
        }
    )
    routes = json.loads(render("/gateway", [spec], GatewaySettings(), EVERYTHING)["routes.json"])

    actions = [route.get("route", {}) for route in routes["resources"][0]["virtual_hosts"][0]["routes"]]
    assert [action["host_rewrite_literal"] for action in actions if "host_rewrite_literal" in action] == [
        "objects.test:443"
    ]


@pytest.mark.parametrize(
    ("upstream", "inner", "outer"),
    [
        ("/", "/products", "/api/catalog/products"),
        ("/", "/", "/api/catalog"),
        ("/", "/**", "/api/catalog/**"),
        ("/orders", "/orders", "/api/catalog"),
        ("/orders", "/orders/**", "/api/catalog/**"),
        ("/orders", "/orders/*/lines", "/api/catalog/*/lines"),
        ("/orders", "/ordersx", None),
        ("/orders", "/webhooks/**", None),
    ],
)
def test_an_inner_path_has_its_place_at_the_gateway(upstream, inner, outer):
    http = declare("catalog", upstream=upstream).http

    assert public_path(http, inner) == outer


def test_a_whole_service_behind_a_prefix_keeps_its_slashes_single():
    http = declare("catalog", public=[{"path": "/**", "auth": "anonymous"}]).http

    match, rewrite = path_match(http, http.public[0])

    assert match == {"path_separated_prefix": "/api/catalog"}
    assert rewrite["regex_rewrite"]["pattern"]["regex"] == "^/api/catalog/?"
    assert rewrite["regex_rewrite"]["substitution"] == "/"


@pytest.mark.parametrize(
    ("text", "authority", "tls"),
    [
        ("127.0.0.1:8000", "127.0.0.1:8000", False),
        ("http://catalog:8000/x", "catalog:8000", False),
        ("https://objects.test", "objects.test:443", True),
        ("[::1]:8000", "[::1]:8000", False),
    ],
)
def test_addresses_are_read_in_their_usual_forms(text, authority, tls):
    endpoint = Endpoint.parse(text)

    assert endpoint.authority == authority
    assert endpoint.tls is tls


@pytest.mark.parametrize("text", ["", ":8000", "catalog:0", "catalog:99999", "ftp://catalog:21"])
def test_what_is_no_address_is_refused(text):
    with pytest.raises(ValueError, match=r"is not an address|Port out of range"):
        Endpoint.parse(text)


def test_the_issuer_is_found_in_the_declarations():
    auth = declare("auth", upstream="/auth").model_copy(update={"provides": Provides(identity=True)})
    shop = Addresses(public_url="https://shop.test", services={"auth": "auth:8000"})

    assert shop.with_identity_of([declare("orders"), auth]).identity == Identity(
        issuer="https://shop.test/api/auth", audience="prost", jwks_url="http://auth:8000/auth/jwks.json"
    )
    assert shop.with_identity_of([declare("orders")]).identity is None
    assert EVERYTHING.with_identity_of([auth]).identity == EVERYTHING.identity


def test_a_caller_is_known_by_its_secret_and_by_whom_it_calls(tmp_path):
    orders = declare("orders").model_copy(update={"calls": {"cart": True, "auth": False}})
    (tmp_path / "orders").write_text("known\n")

    clients = render_clients([orders, declare("cart")], tmp_path)

    assert clients == {
        "orders": {"secret_sha256": hashlib.sha256(b"known").hexdigest(), "audiences": ["cart"]}
    }


def test_a_missing_secret_is_made_for_its_owner_alone_and_kept(tmp_path):
    orders = declare("orders").model_copy(update={"calls": {"cart": True}})

    first = render_clients([orders], tmp_path / "secrets")
    again = render_clients([orders], tmp_path / "secrets")

    assert first == again
    assert (tmp_path / "secrets" / "orders").stat().st_mode & 0o777 == 0o600
    assert len((tmp_path / "secrets" / "orders").read_text().strip()) >= 32


def test_settings_come_from_the_file_of_the_gateway(tmp_path):
    (tmp_path / "gateway.toml").write_text('concurrency = 2\ncompression = ["br"]\n')

    assert GatewaySettings.load(tmp_path) == GatewaySettings(concurrency=2, compression=("br",))


def test_a_missing_file_means_the_defaults(tmp_path):
    assert GatewaySettings.load(tmp_path) == GatewaySettings()


def test_every_wrong_setting_is_named(tmp_path):
    (tmp_path / "gateway.toml").write_text('concurency = 2\ncompression = ["lzma"]\n')

    with pytest.raises(CliError, match=r"(?s)compression\.0.*concurency"):
        GatewaySettings.load(tmp_path)


def test_a_file_that_is_not_toml_is_named(tmp_path):
    (tmp_path / "gateway.toml").write_text("concurrency = ")

    with pytest.raises(CliError, match=r"gateway\.toml"):
        GatewaySettings.load(tmp_path)
