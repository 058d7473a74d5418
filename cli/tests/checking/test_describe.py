"""The services in a table, as JSON and as a picture."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from prost.spec import ServiceSpec
from prost_cli.describe import app, mermaid, with_picture
from prost_cli.errors import CliError

EVENTS = {"needs": {"postgres": True}, "run": {"worker": True}}
CART = {
    "service": {"name": "cart", "summary": "Holds what will be bought."},
    "http": {"prefix": "/api/cart", "public": [{"path": "/**", "auth": "anonymous"}]},
    "events": {"publishes": ["cart.cart-emptied.v1"]},
    **EVENTS,
}
BACK_ORDERS = {
    "service": {"name": "back-orders", "summary": "Waits for stock."},
    "calls": {"cart": True},
    "events": {"consumes": ["cart.cart-emptied.v1"]},
    **EVENTS,
}


def test_the_picture_shows_ways_calls_events_and_data():
    picture = mermaid([ServiceSpec.model_validate(CART), ServiceSpec.model_validate(BACK_ORDERS)])

    assert [line.strip() for line in picture.splitlines()] == [
        "flowchart LR",
        "browser([Browser]) --> gateway{{Gateway}}",
        "gateway --> storefront[Storefront]",
        "back_orders_[back-orders]",
        "cart_[cart]",
        "back_orders_ --> cart_",
        'back_orders_ --- back_orders__database[("PostgreSQL<br>back-orders")]',
        'gateway -->|"/api/cart"| cart_',
        'cart_ --- cart__database[("PostgreSQL<br>cart")]',
        'cart_ -. "cart-emptied.v1" .-> back_orders_',
    ]


def test_a_document_without_a_place_for_the_picture_is_refused():
    with pytest.raises(CliError, match="no place"):
        with_picture("# Architecture\n", [])


def test_the_table_and_the_json_name_every_service(tmp_path, monkeypatch):
    (tmp_path / "services" / "cart").mkdir(parents=True)
    (tmp_path / "prost").touch()
    (tmp_path / "services" / "cart" / "service.toml").write_text(
        '[service]\nname = "cart"\nsummary = "Holds what will be bought."\n\n[http]\nprefix = "/api/cart"\n'
    )
    monkeypatch.chdir(tmp_path)

    table = CliRunner().invoke(app, [])
    document = json.loads(CliRunner().invoke(app, ["--json"]).stdout)

    assert "/api/cart" in table.stdout
    assert [(entry["service"]["name"], entry["http"]["prefix"]) for entry in document] == [
        ("cart", "/api/cart")
    ]
