"""The rules of payments: what looks like the number of a card."""

import pytest

from prost_payments.domain import has_card_number


@pytest.mark.parametrize(
    "text",
    [
        "4111111111111111",
        "4111 1111 1111 1111",
        "4111-1111-1111-1111",
        "4111.1111.1111.1111",
        "pm_4111111111111111",
        "my card is 378282246310005, thanks",
        "card=6011111111111117&x=1",
        "501800000009",
        "6304000000000000000",
    ],
)
def test_the_number_of_a_card_is_found(text):
    assert has_card_number(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "pm_card_visa",
        "4111111111111112",
        "41111111111",
        "41111111111111111111",
        "0000000000000000",
        "returned on 2026-11-22 at 21:23",
        "01990000-0000-7000-8000-000000000018",
        "http://127.0.0.1:8080/de/orders/41111111-1111-4111-8111-111111111111",
        "٤١١١١١١١١١١١١١١١",
    ],
)
def test_other_texts_are_left_alone(text):
    assert not has_card_number(text)
