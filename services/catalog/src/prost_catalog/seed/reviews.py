"""Sample reviews of fictional customers, dealt out the same way on every run."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from random import Random
from typing import TYPE_CHECKING, Any, Final

from prost_catalog.seed.source import read_table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from prost_catalog.seed.source import ProductSource

_POOLS: Final[Mapping[str, str]] = {
    "bier": "beer",
    "alkoholfreies-bier": "beer",
    "wein": "wine",
    "schaumwein": "wine",
    "spirituosen": "spirits",
}
_COUNTS: Final = (0, 1, 2, 2, 3, 3, 4, 5, 6, 7, 8, 10, 12)
_OLDEST_DAYS: Final = 400
_NEWEST_DAYS: Final = 2


@dataclass(frozen=True)
class SampleReview:
    """What a made-up customer says; `customer` marks it as a sample, `age_days` is how long ago."""

    customer: str
    author: str
    rating: int
    title: str
    body: str
    age_days: int


def sample_reviews(product: ProductSource) -> list[SampleReview]:
    """Deal a product its 0 to 12 reviews, no text and no author twice."""
    chance = Random(product.slug)  # noqa: S311 - it deals, it guards nothing.
    table = _table()
    pool = table[_POOLS.get(product.style.category, "soft")]
    authors: list[str] = table["authors"]
    count = min(chance.choice(_COUNTS), len(pool))
    chosen = zip(chance.sample(pool, count), chance.sample(range(len(authors)), count), strict=True)
    return [
        SampleReview(
            customer=f"sample-customer-{number:02d}",
            author=authors[number],
            rating=said["rating"],
            title=said["title"],
            body=said["body"],
            age_days=chance.randint(_NEWEST_DAYS, _OLDEST_DAYS),
        )
        for said, number in chosen
    ]


@cache
def _table() -> dict[str, Any]:
    return read_table("reviews.toml")
