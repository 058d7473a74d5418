"""Spelling variants meet, and only compounds of the trade are taken apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prost_catalog.search.folding import fold, parts, query_words, words


@pytest.mark.parametrize("spelling", ["Weißbier", "Weissbier", "weisbier", "WEISSBIER", "weißbier"])
def test_every_spelling_of_weissbier_folds_alike(spelling):
    assert fold(spelling) == "weisbier"


@pytest.mark.parametrize("spelling", ["Kölsch", "Koelsch", "kolsch", "KÖLSCH"])
def test_every_spelling_of_koelsch_folds_alike(spelling):
    assert fold(spelling) == "kolsch"


def test_decimals_are_the_same_with_comma_and_point():
    assert words("0,5 l und 0.33 l") == ("0.5", "l", "und", "0.33", "l")


def test_a_compound_gives_its_parts():
    assert parts(fold("Weißbier")) == {"weis", "bier"}
    assert parts(fold("Apfelsaftschorle")) >= {"apfel", "saft", "schorle"}


@pytest.mark.parametrize("word", ["Original", "Virginia", "Krume", "Preis"])
def test_a_word_that_is_no_compound_stays_whole(word):
    assert parts(fold(word)) == frozenset()


def test_stop_words_count_only_alone():
    assert query_words("Bier mit Zitrone") == ("bier", "zitrone")
    assert query_words("mit") == ("mit",)


@given(st.text(max_size=50))
def test_folding_twice_changes_nothing(text):
    assert fold(fold(text)) == fold(text)


@given(st.text(max_size=50))
def test_words_are_plain(text):
    assert all(word.isascii() and word == word.lower() for word in words(text))
