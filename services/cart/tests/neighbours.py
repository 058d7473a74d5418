"""The catalogue and inventory, as far as a cart asks them, on a real socket."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

HELLES = "01990000-0000-7000-8000-00000000000a"
CRATE = "01990000-0000-7000-8000-00000000000b"
GIN = "01990000-0000-7000-8000-00000000000c"
NOWHERE = "01990000-0000-7000-8000-00000000dead"


def offer(variant_id, **facts):
    """Return an offer of the catalogue's."""
    return {
        "variant_id": variant_id,
        "product_id": "01990000-0000-7000-8000-0000000000ff",
        "sku": f"SKU-{variant_id[-4:].upper()}",
        "slug": "helles",
        "name": "Helles",
        "variant": {"de": "0,5 l Flasche", "en": "0.5 l bottle"},
        "image": None,
        "price_minor": 129,
        "deposit_minor": 8,
        "deposit_kind": "reusable",
        "vat_rate": "19.00",
        "minimum_age": 16,
        "volume_ml": 500,
        "pack_size": 1,
        "sellable": True,
        **facts,
    }


class Neighbours:
    """Answers with `offers` and `stock`; paths in `away` are answered 503, `asked` has what was asked."""

    def __init__(self):
        self.offers = {each["variant_id"]: each for each in (offer(HELLES), *_more())}
        self.stock = {each["sku"]: ("in_stock", 20) for each in self.offers.values()}
        self.away = set()
        self.asked = []
        self.held = threading.Event()
        self.held.set()
        neighbours = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["variant_ids"]
                self.answer(asked, [neighbours.offers[each] for each in asked if each in neighbours.offers])

            def do_GET(self):
                asked = parse_qs(urlsplit(self.path).query)["skus"][0].split(",")
                told = [(sku, *neighbours.stock.get(sku, ("out", 0))) for sku in asked]
                self.answer(
                    asked, [dict(zip(("sku", "state", "quantity"), each, strict=True)) for each in told]
                )

            def answer(self, asked, items):
                path = urlsplit(self.path).path
                neighbours.asked.append((path, asked))
                neighbours.held.wait(10)
                away = path in neighbours.away
                body = json.dumps({"code": "unavailable"} if away else {"items": items}).encode()
                self.send_response(503 if away else 200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_arguments):
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    def change(self, variant_id, **facts):
        """Change an offer."""
        self.offers[variant_id] = {**self.offers[variant_id], **facts}

    def asked_for(self, path):
        """Return what was asked of a path, in each question."""
        return [sorted(asked) for told, asked in self.asked if told == path]

    def close(self):
        """Stop answering."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def many(count):
    """Return so many variants' offers by id."""
    ids = [f"01990000-0000-7000-8000-{number:012d}" for number in range(1, count + 1)]
    return {variant_id: offer(variant_id) for variant_id in ids}


def _more():
    yield offer(
        CRATE,
        name="Milch",
        slug="milch",
        price_minor=1890,
        deposit_minor=310,
        vat_rate="7.00",
        minimum_age=0,
        pack_size=20,
    )
    yield offer(
        GIN,
        name="Gin",
        slug="gin",
        price_minor=2999,
        deposit_minor=0,
        deposit_kind="none",
        minimum_age=18,
        volume_ml=700,
    )
