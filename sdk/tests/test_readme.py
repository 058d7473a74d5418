"""The README's service does what the README says."""

import re
from pathlib import Path

import falcon.testing
import pytest

README = Path(__file__).parents[1] / "README.md"


@pytest.fixture
def client(tmp_path, monkeypatch):
    (tmp_path / "service.toml").write_text('[service]\nname = "beers"\nsummary = "Keeps beers."\n')
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PROST_ENV", "test")
    monkeypatch.setenv("PROST_SERVICE", "beers")
    (code,) = re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    names = {"__name__": "readme"}
    exec(compile(code, str(README), "exec"), names)  # noqa: S102 - it is our own example
    return falcon.testing.TestClient(names["create_app"]())


def test_it_lists_beers(client):
    assert client.simulate_get("/beers").json == [
        {"name": "Märzen", "price": {"amount": "1.29", "currency": "EUR"}}
    ]


def test_it_names_what_it_does_not_know(client):
    answer = client.simulate_get("/beers?page_size=0&colour=red")

    assert answer.status_code == 422
    assert [e["field"] for e in answer.json["errors"]] == ["query.colour", "query.page_size"]


def test_it_asks_who_deletes(client):
    assert client.simulate_delete("/beers/pils").status_code == 401
