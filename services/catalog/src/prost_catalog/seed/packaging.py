"""How a drink is packed: the shorthand of the product tables, read into variants with their deposit."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from prost.money import Money
from prost_catalog.domain import DepositKind, Vessel, deposit_for

if TYPE_CHECKING:
    from collections.abc import Mapping

_PACK: Final = re.compile(
    r"(?P<container>[a-z-]+) (?:(?P<count>\d+)x)?(?P<volume>\d+) (?P<price>\d+\.\d\d)"
    r"(?: was (?P<was>\d+\.\d\d))?"
)
_TIMES: Final = "\N{MULTIPLICATION SIGN}"
_PACK_NAMES: Final = {
    Vessel.BOTTLE: ("Paket", "Pack"),
    Vessel.CAN: ("Tray", "Tray"),
    Vessel.CARTON: ("Paket", "Pack"),
}


@dataclass(frozen=True)
class Text:
    """A text in both languages of the shop."""

    de: str
    en: str


@dataclass(frozen=True)
class Container:
    """A kind of bottle, can or carton; `crate` is the smallest pack sold in a crate, if any."""

    code: str
    vessel: Vessel
    art: str
    name: Text
    deposit_kind: DepositKind
    deposit_each: Money
    crate: int | None


@dataclass(frozen=True)
class Pack:
    """One way to buy a drink: `volume_ml` of one container, `count` of them, the gross price of all."""

    container: Container
    volume_ml: int
    count: int
    price: Money
    previous: Money | None

    @property
    def vessel(self) -> Vessel:
        """What the customer carries home."""
        crate = self.container.crate
        return Vessel.CRATE if crate is not None and self.count >= crate else self.container.vessel

    @property
    def deposit(self) -> Money:
        """The deposit of all containers and of the crate around them."""
        container = self.container
        return deposit_for(container.deposit_kind, self.vessel, self.count, container.deposit_each)

    @property
    def name(self) -> Text:
        """What the variant is called, such as `Kasten 20 x 0,5 l` with a multiplication sign."""
        litres = f"{self.volume_ml / 1000:.2f}".rstrip("0").rstrip(".")
        comma = litres.replace(".", ",")
        if self.count == 1:
            name = self.container.name
            return Text(f"{comma} l {name.de}", f"{litres} l {name.en.lower()}")
        if self.vessel is Vessel.CRATE:
            return Text(
                f"Kasten {self.count} {_TIMES} {comma} l", f"Crate of {self.count} {_TIMES} {litres} l"
            )
        german, english = _PACK_NAMES[self.vessel]
        return Text(
            f"{german} {self.count} {_TIMES} {comma} l", f"{english} of {self.count} {_TIMES} {litres} l"
        )


def read_pack(shorthand: str, containers: Mapping[str, Container]) -> Pack:
    """Read `CONTAINER [COUNTx]MILLILITRES PRICE [was PRICE]`, prices in euros.

    Raises:
        ValueError: when the shorthand is not of that form or names no known container.
    """
    match = _PACK.fullmatch(shorthand)
    if match is None or match["container"] not in containers:
        raise ValueError(f"not a pack: {shorthand!r}")
    return Pack(
        container=containers[match["container"]],
        volume_ml=int(match["volume"]),
        count=int(match["count"] or 1),
        price=Money.parse(match["price"]),
        previous=Money.parse(match["was"]) if match["was"] else None,
    )
