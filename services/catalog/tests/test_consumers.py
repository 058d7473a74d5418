"""What the catalogue does when others announce something; every event comes twice."""

import json
from pathlib import Path
from typing import ClassVar
from uuid import UUID

import pytest

from prost.events import Event, contracts
from prost_catalog import consumers
from prost_catalog.consumers import HANDLERS
from prost_catalog.domain import ReviewState
from prost_catalog.models import ProductCard, Review
from prost_catalog.use_cases.reviews import moderate_review, submit_review

ADA, EVE = UUID(int=1), UUID(int=2)
SAID = {"rating": 5, "title": "Very good", "body": "Again.", "author": "Ada"}
CONTRACT = Path(__file__).parents[2] / "auth" / "contracts" / "auth.account-deleted.v1.json"


class AccountDeleted(Event):
    type: ClassVar[str] = "auth.account-deleted.v1"
    account_id: UUID

    def aggregate_id(self):
        return self.account_id


@pytest.mark.usefixtures("shelves")
def test_the_reviews_of_a_deleted_account_stay_and_are_nobodys(bus, make_product):
    helles, pils = make_product("Helles"), make_product("Pils")
    shown, waiting = submit_review(helles, str(ADA), SAID), submit_review(pils, str(ADA), SAID)
    moderate_review(shown.id, ReviewState.PUBLISHED, "mo")

    bus.deliver(HANDLERS, AccountDeleted(account_id=ADA))

    rows = [(row.customer_id, row.author, row.rating, row.body) for row in Review.select()]
    assert rows == [(None, None, 5, "Again."), (None, None, 5, "Again.")]
    assert Review.get_by_id(waiting.id).state == "PENDING"
    assert json.loads(bytes(ProductCard.get_by_id(helles).card))["rating"] == {"average": "5.0", "count": 1}


@pytest.mark.usefixtures("shelves")
def test_the_reviews_of_others_stay_theirs(bus, make_product):
    product_id = make_product("Helles")
    submit_review(product_id, str(ADA), SAID)
    others = submit_review(product_id, str(EVE), {**SAID, "author": "Eve"})

    bus.deliver(HANDLERS, AccountDeleted(account_id=ADA))

    kept = Review.get_by_id(others.id)
    assert (kept.customer_id, kept.author) == (str(EVE), "Eve")


@pytest.mark.usefixtures("shelves")
def test_a_product_can_have_reviews_of_several_who_left(bus, make_product):
    product_id = make_product("Helles")
    for account_id in (ADA, EVE):
        submit_review(product_id, str(account_id), SAID)

    for account_id in (ADA, EVE):
        bus.deliver(HANDLERS, AccountDeleted(account_id=account_id))

    assert [row.customer_id for row in Review.select()] == [None, None]


def test_an_account_without_reviews_changes_nothing(bus):
    bus.deliver(HANDLERS, AccountDeleted(account_id=ADA))

    assert bus.published() == []


@pytest.mark.skipif(not CONTRACT.exists(), reason="the service that publishes it is not beside this one")
def test_the_event_has_what_is_read_of_it():
    promised = json.loads(CONTRACT.read_bytes())

    assert contracts.changes_that_break(consumers.AccountDeleted.model_json_schema(), promised) == []
