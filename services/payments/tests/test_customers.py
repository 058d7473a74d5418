"""What browsers of customers meet: the question of the bank, and the way back."""

import pytest

from prost.db import uuid7

BACK = "http://127.0.0.1:8080/de/checkout"


@pytest.fixture
def question(till, order):
    """Give the path of a question to a customer, and their payment."""
    paid = till.charge(order, "pm_card_threeDSecureRequired", 123_456)
    return paid["redirect_url"].replace("http://127.0.0.1:8080/api", ""), paid


async def test_a_bank_asks_in_german_and_in_english(client, question):
    path, _paid = question

    german = await client.get(path)
    english = await client.get(path, headers={"Accept-Language": "en-GB,en;q=0.9,de;q=0.8"})
    chosen = await client.get(f"{path}?lang=en", headers={"Accept-Language": "de"})

    assert german.status_code == 200
    assert german.headers["content-type"] == "text/html; charset=utf-8"
    assert '<html lang="de">' in german.text
    assert "1234,56 €" in german.text
    assert '<html lang="en">' in english.text
    assert "€1234.56" in english.text
    assert chosen.text == english.text


async def test_the_page_needs_no_script_and_is_kept_by_nobody(client, question):
    page = await client.get(question[0])

    assert page.headers["cache-control"] == "no-store"
    assert page.headers["content-security-policy"].startswith("default-src 'none'; form-action 'self'")
    assert "<script" not in page.text
    assert "style" not in page.text
    assert page.text.count('<button name="decision"') == 2


@pytest.mark.parametrize("decision", ["approve", "decline"])
async def test_an_answer_is_taken_once_and_leads_back_to_the_shop(client, question, till, order, decision):
    path, paid = question
    form = {"Content-Type": "application/x-www-form-urlencoded"}

    answered = await client.post(path, body=f"decision={decision}", headers=form)
    other = await client.post(path, body="decision=approve", headers=form)
    afterwards = await client.get(path)
    back = await client.get(f"/payments/return/{paid['payment_id']}?redirect_status=whatever")

    assert (answered.status_code, other.status_code) == (303, 303)
    assert answered.headers["location"] == other.headers["location"]
    assert answered.headers["location"] == f"http://127.0.0.1:8080/api/payments/return/{paid['payment_id']}"
    assert "<form" not in afterwards.text
    assert (back.status_code, back.headers["location"]) == (303, BACK)
    assert till.standing(order) == {"approve": "AUTHORIZED", "decline": "FAILED"}[decision]


async def test_who_comes_back_without_an_answer_goes_on_to_the_order(client, question, till, order):
    back = await client.get(f"/payments/return/{question[1]['payment_id']}")

    assert (back.status_code, back.headers["location"]) == (303, BACK)
    assert till.standing(order) == "ACTION_REQUIRED"


@pytest.mark.parametrize(
    "body", ["", "decision=", "decision=maybe", "decision=approve&card=4111111111111111"]
)
async def test_an_answer_that_is_none_is_refused(client, question, till, order, body):
    refused = await client.post(
        question[0], body=body, headers={"Content-Type": "application/x-www-form-urlencoded"}
    )

    assert refused.status_code == 422
    assert till.standing(order) == "ACTION_REQUIRED"


@pytest.mark.parametrize("path", [f"challenges/{32 * '0'}", "challenges/x", f"return/{uuid7()}", "return/x"])
async def test_what_is_not_there_is_not_found(client, path):
    missing = await client.get(f"/payments/{path}")

    assert missing.status_code == 404
