"""Page tokens."""

import pytest

from prost.errors import Invalid
from prost.http import decode_page_token, encode_page_token


def test_a_token_brings_its_position_back():
    position = {"price": 1290, "name": "Märzen", "id": "0190"}

    assert decode_page_token(encode_page_token(position)) == position


def test_a_token_goes_into_a_url_as_it_is():
    assert encode_page_token({"name": "ÿ???>>>"}).replace("-", "").replace("_", "").isalnum()


@pytest.mark.parametrize("change", ["", "x", "ä", "a" * 2000, "AAAA", "%00"])
def test_a_token_that_was_never_given_names_its_parameter(change):
    with pytest.raises(Invalid) as caught:
        decode_page_token(change)

    assert caught.value.errors[0].field == "query.page_token"


def test_a_token_of_anything_but_a_position_is_refused():
    with pytest.raises(Invalid):
        decode_page_token(encode_page_token(["not", "a", "position"]))


def test_a_token_that_was_changed_is_refused():
    token = encode_page_token({"id": 1})

    with pytest.raises(Invalid):
        decode_page_token(token[:-1] + ("A" if token[-1] != "A" else "B"))
