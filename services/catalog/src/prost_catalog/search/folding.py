"""Folds German and English words to forms in which spelling variants meet."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

_SPELLINGS: Final = str.maketrans({"ß": "ss", "æ": "a", "œ": "o", "ø": "o", "å": "a", "ł": "l"})
_DIGRAPHS: Final = re.compile(r"([aou])e+")
_DOUBLES: Final = re.compile(r"([a-z])\1+")
_COMMAS: Final = re.compile(r"(?<=\d),(?=\d)")
_WORDS: Final = re.compile(r"[a-z]+|\d+(?:\.\d+)*")

STOPWORDS: Final = frozenset(
    """
    der die das und oder mit in im aus von vom fur zum zur ein eine einen
    the a an and or with of for from
    """.split()  # noqa: SIM905 - a paragraph is read more easily than a list.
)
"""Words that a query may contain and no product has to."""

# Only what is listed here is ever looked for inside another word: `bier` must find Weißbier, while `gin`
# must not find Original.
_PARTS: Final = """
    bier weiss weizen hefe hell dunkel pils bock alt kölsch keller land zwickel märzen fest export schwarz
    rauch malz radler leicht kristall doppel eis stark wein rot rose glüh perl schaum schorle sekt burgunder
    grau spät saft nektar apfel birnen birne kirsch kirschen orangen orange trauben traube tomaten
    johannisbeer beer beeren himbeer erdbeer holunder rhabarber zitronen zitrone pfirsich mango ananas quitten
    multi vitamin gemüse möhren wasser mineral quell heil tafel soda tonic bitter limo limonade brause cola
    tee mate kaffee kräuter likör brand schnaps geist wodka whisky whiskey obst wacholder korn kümmel milch
    hafer mandel soja drink direkt natur trüb alkohol frei klar still sprudel medium
"""
_FREE_STANDING: Final = 4


@lru_cache(maxsize=1024)
def fold(text: str) -> str:
    """Fold case, accents, umlauts, their two-letter spellings and doubled letters away.

    Weißbier, Weissbier and weisbier all become `weisbier`; Kölsch, Koelsch and kolsch become `kolsch`.
    """
    plain = unicodedata.normalize("NFKD", text.lower().translate(_SPELLINGS))
    ascii_only = plain.encode("ascii", "ignore").decode().lower()
    return _DOUBLES.sub(r"\1", _DIGRAPHS.sub(r"\1", ascii_only))


@lru_cache(maxsize=1024)
def words(text: str) -> tuple[str, ...]:
    """Split text into folded words and numbers, in order."""
    return tuple(_WORDS.findall(_COMMAS.sub(".", fold(text))))


def query_words(text: str) -> tuple[str, ...]:
    """Split a query into what every hit has to match; stop words count only when there is nothing else."""
    found = words(text)
    return tuple(word for word in found if word not in STOPWORDS) or found


@lru_cache(maxsize=1024)
def parts(word: str) -> frozenset[str]:
    """Take a folded compound apart: `weisbier` holds `weis` and `bier`, `original` holds nothing."""
    found: set[str] = set()
    for cut in range(3, len(word) - 2):
        head, tail = word[:cut], word[cut:]
        listed = (head in PARTS, tail in PARTS)
        free_standing = (listed[0] and cut >= _FREE_STANDING, listed[1] and len(tail) >= _FREE_STANDING)
        if all(listed) or any(free_standing):
            found |= {head, tail} | (parts(head) if listed[1] else parts(tail))
    return frozenset(found)


PARTS: Final = frozenset(fold(part) for part in _PARTS.split())
"""The parts of the trade's compounds, folded."""
