"""The first data, read from a catalogue that takes its time."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest

from prost.client import CallFailed
from prost_inventory import seed as seeding
from prost_inventory.models import Item, Movement, Stock
from prost_inventory.seed import fill_shelves, first_delivery, seed
from prost_inventory.settings import Settings

PAGES = {
    None: ([["HELLES-050", "HELLES-CRATE"], ["DUNKEL-050"]], "second"),
    "second": ([["WEIZEN-050"]], None),
}


class Catalogue:
    """Lists products page by page, as the real one does, once it has been asked `refusals` times."""

    def __init__(self, refusals):
        self.refusals = refusals
        self.asked = []
        catalogue = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                address = urlsplit(self.path)
                query = parse_qs(address.query)
                catalogue.asked.append((address.path, query))
                up = len(catalogue.asked) > catalogue.refusals
                variants, following = PAGES[query.get("page_token", [None])[0]]
                items = [{"slug": "x", "variants": [{"sku": sku} for sku in skus]} for skus in variants]
                body = {"items": items, "next_page_token": following, "total": 3, "facets": {}}
                self.send_response(200 if up else 503)
                self.end_headers()
                self.wfile.write(json.dumps(body if up else {"code": "unavailable"}).encode())

            def log_message(self, *_arguments):
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def catalogue(environment, monkeypatch):
    """Return a function that opens a catalogue which refuses so many times first."""
    opened = []

    def start(refusals=0):
        opened.append(Catalogue(refusals))
        monkeypatch.setenv("PROST_SERVICE_CATALOG_URL", opened[-1].url)
        return opened[-1]

    yield start
    for each in opened:
        each.close()


def skus():
    return sorted(sku for (sku,) in Item.select(Item.sku).tuples())


async def test_every_sku_of_the_catalogue_gets_a_place_however_many_pages_there_are(catalogue, capsys):
    asked = catalogue().asked

    await seed()

    assert skus() == ["DUNKEL-050", "HELLES-050", "HELLES-CRATE", "WEIZEN-050"]
    assert [path for path, _ in asked] == ["/products", "/products"]
    assert capsys.readouterr().out == "4 items are new, 0 shelves were filled\n"


async def test_a_catalogue_that_is_not_up_yet_is_waited_for(catalogue):
    catalogue(refusals=4)

    await seed()

    assert len(skus()) == 4


async def test_a_catalogue_that_stays_away_is_given_up(catalogue, monkeypatch):
    catalogue(refusals=1000)
    monkeypatch.setattr(seeding, "PATIENCE", 0.0)

    with pytest.raises(CallFailed):
        await seed()


async def test_in_development_there_are_goods_on_the_shelves_and_only_at_first(catalogue, monkeypatch):
    catalogue()
    monkeypatch.setenv("PROST_ENV", "dev")

    await seed(Settings())
    first = dict(Stock.select(Stock.item, Stock.on_hand).tuples())
    await seed(Settings())

    assert first == {sku: first_delivery(sku) for sku in skus()}
    assert dict(Stock.select(Stock.item, Stock.on_hand).tuples()) == first


def test_a_shelf_that_was_emptied_is_not_filled_again(shelf, stock):
    shelf("HELLES", 10)
    shelf("DUNKEL", 0)

    assert fill_shelves(["HELLES", "DUNKEL"]) == 1
    assert (stock("HELLES"), stock("DUNKEL")) == ((10, 0), (first_delivery("DUNKEL"), 0))
    assert Movement.select().where(Movement.actor == "seed").count() == 1


def test_of_most_items_there_is_plenty_of_some_little_and_of_very_few_nothing():
    firsts = [first_delivery(f"BEER-{number}") for number in range(1000)]

    assert 900 < sum(first >= 400 for first in firsts) < 970
    assert 20 < sum(1 <= first <= 8 for first in firsts) < 70
    assert 5 < sum(first == 0 for first in firsts) < 30
