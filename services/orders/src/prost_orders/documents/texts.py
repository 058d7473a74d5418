"""What documents say, in the languages of the shop."""

from collections.abc import Mapping
from datetime import date
from typing import Final, NamedTuple


class Texts(NamedTuple):
    """The words of one language."""

    titles: Mapping[str, str]
    number: str
    issued_on: str
    supplied_on: str
    supplied: str
    order: str
    ordered_on: str
    corrects: str
    article: str
    quantity: str
    unit_price: str
    vat: str
    amount: str
    deposit: str
    goods: str
    discount: str
    shipping: Mapping[str, str]
    deposits: str
    total: str
    refund: str
    rate: str
    net: str
    tax: str
    gross: str
    sums: str
    paid: str
    refunded: str
    voucher: str
    vat_id: str
    tax_number: str
    managers: str
    page: str


_GERMAN: Final = Texts(
    titles={"INVOICE": "Rechnung", "CANCELLATION": "Stornorechnung", "CORRECTION": "Rechnungskorrektur"},
    number="Nummer",
    issued_on="Datum",
    supplied_on="Leistungsdatum",
    supplied="wie Rechnungsdatum",
    order="Bestellung",
    ordered_on="Bestellt am",
    corrects="Zu Rechnung {number} vom {issued_on}",
    article="Artikel",
    quantity="Menge",
    unit_price="Einzelpreis",
    vat="USt.",
    amount="Betrag",
    deposit="Pfand",
    goods="Waren",
    discount="Rabatt",
    shipping={"standard": "Versand", "express": "Expressversand"},
    deposits="Pfand",
    total="Gesamtbetrag",
    refund="Erstattungsbetrag",
    rate="USt.-Satz",
    net="Netto",
    tax="USt.",
    gross="Brutto",
    sums="Summe",
    paid="Der Betrag ist bezahlt. Alle Preise enthalten die gesetzliche Umsatzsteuer.",
    refunded="Der Betrag wird auf dem Weg erstattet, auf dem bezahlt wurde.",
    voucher="Gutschein {code}",
    vat_id="USt-IdNr.",
    tax_number="Steuernummer",
    managers="Geschäftsführung",
    page="Seite {page} von {{nb}}",
)
_ENGLISH: Final = Texts(
    titles={"INVOICE": "Invoice", "CANCELLATION": "Cancellation invoice", "CORRECTION": "Credit note"},
    number="Number",
    issued_on="Date",
    supplied_on="Date of supply",
    supplied="date of invoice",
    order="Order",
    ordered_on="Ordered on",
    corrects="For invoice {number} of {issued_on}",
    article="Item",
    quantity="Qty",
    unit_price="Unit price",
    vat="VAT",
    amount="Amount",
    deposit="Deposit",
    goods="Goods",
    discount="Discount",
    shipping={"standard": "Delivery", "express": "Express delivery"},
    deposits="Deposit",
    total="Total",
    refund="Refund",
    rate="VAT rate",
    net="Net",
    tax="VAT",
    gross="Gross",
    sums="Total",
    paid="Paid in full. All prices include VAT.",
    refunded="The amount is paid back in the way in which it was paid.",
    voucher="Voucher {code}",
    vat_id="VAT ID",
    tax_number="Tax number",
    managers="Managing directors",
    page="Page {page} of {{nb}}",
)
_LANGUAGES: Final[Mapping[str, Texts]] = {"de": _GERMAN, "en": _ENGLISH}
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def texts_in(language: str) -> Texts:
    """Return the words of a language, German ones for another."""
    return _LANGUAGES.get(language, _GERMAN)


def money_in(language: str, minor: int) -> str:
    """Write an amount as people do: "1.234,50 €", "€1,234.50"."""
    sign, (whole, cents) = "-" if minor < 0 else "", divmod(abs(minor), 100)
    if language == "en":
        return f"{sign}€{whole:,}.{cents:02}"
    return f"{sign}{whole:,}".replace(",", ".") + f",{cents:02}\N{NO-BREAK SPACE}€"


def rate_in(language: str, rate: str) -> str:
    """Write a rate as people do: "19 %", "19%", with its decimals if it has some."""
    short = rate.rstrip("0").rstrip(".") if "." in rate else rate
    return f"{short}%" if language == "en" else f"{short.replace('.', ',')}\N{NO-BREAK SPACE}%"


def date_in(language: str, day: str) -> str:
    """Write a day as people do: "31.12.2030", "31 Dec 2030"."""
    at = date.fromisoformat(day)
    return f"{at.day} {_MONTHS[at.month - 1]} {at.year}" if language == "en" else f"{at:%d.%m.%Y}"
