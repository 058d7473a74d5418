"""The index keeps in step with the database, whoever leads it and whatever is away."""

import time
from contextlib import closing

import psycopg2
import pytest

from prost_catalog.domain import ProductState
from prost_catalog.search.documents import to_document
from prost_catalog.search.feed import STATE_FILE, Feed
from prost_catalog.search.follower import Follower
from prost_catalog.search.index import SearchIndex
from prost_catalog.search.queries import Wanted
from prost_catalog.settings import Settings
from prost_catalog.use_cases.cards import LOCK_FEED, refresh_cards
from prost_catalog.use_cases.products import change_product, move_product

EVERYTHING = Wanted()
TOUCH = "UPDATE product_cards SET seq = nextval('product_cards_seq') WHERE product_id = %s"


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "search"


@pytest.fixture
def cursor(postgres_url):
    with closing(psycopg2.connect(postgres_url)) as connection:
        connection.autocommit = True
        yield connection.cursor()


@pytest.fixture
def index_at(tmp_path):
    """Return a function that gives an index over the test's folder and some database."""
    return lambda url: SearchIndex(
        Settings(service="catalog", env="test", database_url=url, state_dir=tmp_path)
    )


def total(index):
    index.look()
    return index.snapshot.page(EVERYTHING, "relevance", 0, 10).total


def wait_until(holds):
    deadline = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_an_index_is_built_of_published_products_only(make_product, folder, cursor, postgres_url, index_at):
    make_product("Helles")
    make_product("Dunkles", state=ProductState.DRAFT)

    Feed(folder, cursor).catch_up()

    assert total(index_at(postgres_url)) == 1


def test_changes_follow_and_what_is_archived_leaves(make_product, folder, cursor, postgres_url, index_at):
    first, second = make_product("Helles"), make_product("Dunkles")
    feed, index = Feed(folder, cursor), index_at(postgres_url)
    feed.catch_up()
    before = total(index), index.version

    move_product(first, None, ProductState.ARCHIVED)
    change_product(second, None, {"name": "Rauchbier"})
    feed.catch_up()

    assert before[0] == 2
    assert total(index) == 1
    assert index.version != before[1]
    assert index.snapshot.page(Wanted(q="rauchbier"), "relevance", 0, 10).total == 1
    assert index.snapshot.page(Wanted(q="dunkles"), "relevance", 0, 10).total == 0


def test_nothing_new_is_nothing_to_do(make_product, folder, cursor):
    make_product("Helles")
    feed = Feed(folder, cursor)

    assert [feed.catch_up(), feed.catch_up()] == [True, False]


def test_an_index_is_continued_after_a_restart(make_product, folder, cursor, postgres_url, index_at):
    make_product("Helles")
    Feed(folder, cursor).catch_up()
    make_product("Dunkles")

    Feed(folder, cursor).catch_up()

    assert total(index_at(postgres_url)) == 2


def test_an_index_of_another_database_is_built_anew(make_product, folder, cursor, postgres_url, index_at):
    make_product("Helles")
    Feed(folder, cursor).catch_up()
    state = (folder / STATE_FILE).read_text()
    (folder / STATE_FILE).write_text(state.replace('"database":"', '"database":"another-'))
    cursor.execute("DELETE FROM product_cards")

    Feed(folder, cursor).catch_up()

    assert total(index_at(postgres_url)) == 0


def test_an_index_without_its_columns_is_built_anew(make_product, folder, cursor, postgres_url, index_at):
    make_product("Helles")
    Feed(folder, cursor).catch_up()
    (columns,) = folder.glob("*.columns")
    columns.unlink()

    Feed(folder, cursor).catch_up()

    assert total(index_at(postgres_url)) == 1


def test_a_product_that_changes_while_an_index_is_built_is_in_it_once(
    make_product, folder, cursor, index_at, monkeypatch
):
    first, *_ = [make_product(name) for name in ("Helles", "Dunkles", "Rauchbier")]
    changing = iter([lambda: refresh_cards([first])])

    def write_slowly(*args, **kwargs):
        next(changing, bool)()
        return to_document(*args, **kwargs)

    monkeypatch.setattr("prost_catalog.search.feed.BATCH", 2)
    monkeypatch.setattr("prost_catalog.search.feed.to_document", write_slowly)
    feed, index = Feed(folder, cursor), index_at("postgresql://nobody@127.0.0.1:1/nothing")
    feed.catch_up()

    assert total(index) == 3
    assert index.snapshot.seq == feed_end(cursor)
    assert len(index.snapshot.page(EVERYTHING, "name", 0, 10).items) == 3


def test_counts_of_a_catalogue_that_grows_follow(make_product, folder, cursor, postgres_url, index_at):
    feed, index = Feed(folder, cursor), index_at(postgres_url)
    for name in ("Helles", "Dunkles", "Rauchbier"):
        make_product(name)
        feed.catch_up()
    make_product("Kölsch", style="koelsch")
    Feed(folder, cursor).catch_up()
    index.look()

    facets = index.snapshot.page(Wanted(q="bier", style=("koelsch",)), "relevance", 0, 10).facets

    assert {style["value"]: style["count"] for style in facets["style"]} == {"helles": 3, "koelsch": 1}
    assert [category["count"] for category in index.snapshot.categories()] == [4, 0, 0]


def test_a_feed_never_misses_a_slow_writer(make_product, folder, cursor, postgres_url, index_at):
    slow, fast = make_product("Helles"), make_product("Dunkles")
    feed, index = Feed(folder, cursor), index_at(postgres_url)
    feed.catch_up()
    with closing(psycopg2.connect(postgres_url)) as other, other.cursor() as writer:
        writer.execute(LOCK_FEED)
        writer.execute(TOUCH, (str(slow),))
        assert not feed.catch_up()
        other.commit()
    refresh_cards([fast])
    feed.catch_up()

    assert index.version == "none"
    assert total(index) == 2
    assert index.snapshot.seq == feed_end(cursor)


def feed_end(cursor):
    cursor.execute("SELECT max(seq) FROM product_cards")
    return cursor.fetchone()[0]


def test_one_process_leads_and_another_takes_over(make_product, folder, postgres_url, index_at):
    make_product("Helles")
    first, second = Follower(folder, postgres_url), Follower(folder, postgres_url)
    first.start()
    second.start()
    index = index_at(postgres_url)
    wait_until(lambda: (folder / STATE_FILE).exists() and total(index) == 1)

    first.stop()
    make_product("Dunkles")
    wait_until(lambda: total(index) == 2)
    second.stop()


def test_a_follower_waits_for_a_database_that_is_away(folder):
    follower = Follower(folder, "postgresql://nobody@127.0.0.1:1/nothing")
    follower.start()

    time.sleep(0.1)

    assert follower.is_alive()
    follower.stop()


async def test_lists_go_on_while_the_database_is_away(make_product, folder, cursor, index_at):
    make_product("Helles")
    Feed(folder, cursor).catch_up()
    index = index_at("postgresql://nobody@127.0.0.1:1/nothing")

    await index.start()
    page = await index.ask(index.snapshot.page, EVERYTHING, "price", 0, 10)
    await index.check()
    await index.stop()

    assert page.total == 1
