"""Prints a document as PDF, the same bytes for the same document each time; imported where one is printed."""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from fpdf import FPDF, FontFace
from fpdf.enums import TableBordersLayout, VAlign, XPos, YPos

from prost_orders.documents.texts import Texts, date_in, money_in, rate_in, texts_in

_FONT: Final = "Source Sans Pro"
_MARGIN: Final = 20.0
_WIDTH: Final = 210.0 - 2 * _MARGIN
_COLUMNS: Final = (84, 16, 28, 16, 26)
_SUMS: Final = (44, 26)
_RATES: Final = (22, 26, 26, 26)
_INK: Final = (33, 37, 41)
_FAINT: Final = (105, 112, 120)
_LINE: Final = 5.0
_SMALL: Final = 8.5
_BODY: Final = 10.0


def print_document(content: Mapping[str, Any]) -> bytes:
    """Return a document as PDF; it takes some time, so do it in a thread."""
    page = _Paper(content)
    page.add_page()
    page.letterhead()
    page.lines()
    page.sums()
    page.rates()
    page.closing()
    return bytes(page.output())


class _Paper(FPDF):
    """An A4 page with the shop's words on it."""

    def __init__(self, content: Mapping[str, Any]) -> None:
        """Set up page, fonts and what the file says of itself."""
        super().__init__(format="A4")
        self._content = content
        self._language: str = content["language"]
        self._texts: Texts = texts_in(self._language)
        self._title = f"{self._texts.titles[content['kind']]} {content['number']}"
        folder = _fonts()
        self.add_font(_FONT, "", folder / "SourceSansPro-Regular.ttf")
        self.add_font(_FONT, "B", folder / "SourceSansPro-Semibold.ttf")
        self.set_margins(_MARGIN, _MARGIN, _MARGIN)
        self.set_auto_page_break(auto=True, margin=34)
        self.set_title(self._title)
        self.set_lang(self._language)
        self.set_author(_printable(content["seller"]["name"]))
        self.set_creator("Prost")
        day = datetime.strptime(content["issued_on"], "%Y-%m-%d").replace(tzinfo=UTC)
        self.set_creation_date(day)

    def footer(self) -> None:
        """Say who sells at the foot of each page, as letters of a company have to."""
        seller, texts = self._content["seller"], self._texts
        facts = [
            [seller["name"], seller["street"], f"{seller['postal_code']} {seller['city']}"],
            [seller["email"], seller["phone"], _labelled(texts.managers, seller["managers"])],
            [
                seller["trade_register"],
                _labelled(texts.vat_id, seller["vat_id"]),
                _labelled(texts.tax_number, seller["tax_number"]),
            ],
        ]
        self.set_draw_color(*_FAINT)
        self.line(_MARGIN, 270, 210 - _MARGIN, 270)
        self._ink(_SMALL, faint=True)
        for column, told in enumerate(facts):
            self.set_xy(_MARGIN + column * _WIDTH / 3, 272)
            text = "\n".join(_printable(fact) for fact in told if fact)
            self.multi_cell(_WIDTH / 3 - 2, 4, text, align="L")
        self.set_xy(_MARGIN + 2 * _WIDTH / 3, 286)
        self.cell(_WIDTH / 3, 4, self._texts.page.format(page=self.page_no()))

    def letterhead(self) -> None:
        """Print whom it is for, what it is, and of when."""
        content, texts, seller = self._content, self._texts, self._content["seller"]
        self._ink(18, bold=True)
        self.cell(_WIDTH, 9, _printable(seller["name"]), new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.set_y(45)
        self._ink(_SMALL, faint=True)
        sender = (seller["name"], seller["street"], f"{seller['postal_code']} {seller['city']}")
        self.multi_cell(90, 4, _printable(" · ".join(sender)), align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.ln(1.5)
        self._ink(_BODY + 1)
        for text in _address(content["buyer"]):
            self.multi_cell(90, _LINE, text, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        below = self.get_y()
        facts = (
            (texts.number, content["number"]),
            (texts.issued_on, date_in(self._language, content["issued_on"])),
            (texts.supplied_on, texts.supplied),
            (texts.order, content["order_number"]),
            (texts.ordered_on, date_in(self._language, content["ordered_on"])),
        )
        shown = facts if content["kind"] == "INVOICE" else (*facts[:2], *facts[3:])
        for row, (label, value) in enumerate(shown):
            self.set_xy(120, 45 + row * _LINE)
            self._ink(_BODY, faint=True)
            self.cell(30, _LINE, label)
            self._ink(_BODY)
            self.cell(40, _LINE, value, align="R")
        self.set_xy(_MARGIN, max(below, 75) + 10)
        self._ink(15, bold=True)
        self.cell(_WIDTH, 8, self._title, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        if corrected := content.get("corrects"):
            day = date_in(self._language, corrected["issued_on"])
            self._ink(_BODY)
            told = texts.corrects.format(number=corrected["number"], issued_on=day)
            self.cell(_WIDTH, 6, told, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.ln(3)

    def lines(self) -> None:
        """Print what was sold; a deposit is a line of its own."""
        texts = self._texts
        head = (texts.article, texts.quantity, texts.unit_price, texts.vat, texts.amount)
        self._table(_COLUMNS, [head, *self._rows()], align=("LEFT", "RIGHT", "RIGHT", "RIGHT", "RIGHT"))
        self.ln(3)

    def sums(self) -> None:
        """Print what comes to what; goods and deposits apart."""
        content, texts = self._content, self._texts
        discount = texts.discount
        if content["voucher"]:
            discount = f"{discount} ({texts.voucher.format(code=content['voucher'])})"
        method = content["shipping_method"]
        rows = [
            (texts.goods, content["goods_minor"]),
            *([(discount, -content["discount_minor"])] if content["discount_minor"] else []),
            (texts.shipping.get(method, method), content["shipping_minor"]),
            (texts.deposits, content["deposit_minor"]),
        ]
        if self.will_page_break((len(rows) + 1) * 6):
            self.add_page()
        self._ink(_BODY)
        for label, minor in rows:
            self._sum(label, minor, _LINE + 0.5)
        total = texts.total if content["kind"] == "INVOICE" else texts.refund
        self.set_draw_color(*_INK)
        self.line(210 - _MARGIN - sum(_SUMS), self.get_y() + 0.7, 210 - _MARGIN, self.get_y() + 0.7)
        self.ln(1.5)
        self._ink(_BODY + 1.5, bold=True)
        self._sum(total, content["total_minor"], 7)
        self.ln(5)

    def rates(self) -> None:
        """Print the VAT that is in it, by rate."""
        texts, shares = self._texts, self._content["vat"]
        totals = [sum(share[name] for share in shares) for name in ("net_minor", "vat_minor", "gross_minor")]
        rows = [
            (texts.rate, texts.net, texts.tax, texts.gross),
            *[
                (
                    rate_in(self._language, share["rate"]),
                    *(self._money(share[name]) for name in ("net_minor", "vat_minor", "gross_minor")),
                )
                for share in shares
            ],
            (texts.sums, *map(self._money, totals)),
        ]
        if self.will_page_break((len(rows) + 3) * 6):
            self.add_page()
        self._table(_RATES, rows, align=("LEFT", "RIGHT", "RIGHT", "RIGHT"))
        self.ln(6)

    def closing(self) -> None:
        """Say what becomes of the money."""
        is_invoice = self._content["kind"] == "INVOICE"
        self._ink(_BODY)
        text = self._texts.paid if is_invoice else self._texts.refunded
        self.multi_cell(_WIDTH, _LINE, text, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def _rows(self) -> Iterator[tuple[str, ...]]:
        for line in self._content["lines"]:
            variant = line["variant"].get(self._language) or ""
            title = f"{line['name']}, {variant}" if variant else line["name"]
            rate, quantity = rate_in(self._language, line["vat_rate"]), str(line["quantity"])
            yield (
                f"{_printable(title)}\n{_printable(line['sku'])}",
                quantity,
                self._money(line["unit_price_minor"]),
                rate,
                self._money(line["goods_minor"]),
            )
            if line["unit_deposit_minor"]:
                deposit = self._money(line["unit_deposit_minor"])
                total = self._money(line["deposit_minor"])
                yield f"{self._texts.deposit} ({_printable(line['sku'])})", quantity, deposit, rate, total

    def _table(self, widths: Sequence[int], rows: Sequence[Sequence[str]], align: Sequence[str]) -> None:
        self._ink(_BODY)
        self.set_draw_color(*_FAINT)
        with self.table(
            width=sum(widths),
            col_widths=tuple(widths),
            align="LEFT",
            text_align=tuple(align),
            v_align=VAlign.T,
            borders_layout=TableBordersLayout.HORIZONTAL_LINES,
            line_height=_LINE,
            padding=(0.8, 0.5),
            headings_style=FontFace(emphasis="BOLD", color=_INK),
            first_row_as_headings=True,
        ) as table:
            for row in rows:
                table.row(row)

    def _sum(self, label: str, minor: int, height: float) -> None:
        self.set_x(_MARGIN)
        self.cell(_WIDTH - _SUMS[1], height, _printable(label), align="R")
        self.cell(_SUMS[1], height, self._money(minor), align="R", new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def _money(self, minor: int) -> str:
        return money_in(self._language, minor)

    def _ink(self, size: float, *, bold: bool = False, faint: bool = False) -> None:
        self.set_font(_FONT, "B" if bold else "", size)
        self.set_text_color(*(_FAINT if faint else _INK))


def _fonts() -> Path:
    # Its package lists all of its files when it is imported, and nothing else is wanted of it.
    spec = find_spec("font_source_sans_pro")
    if spec is None or spec.origin is None:
        raise RuntimeError("the font of the documents is not installed")
    return Path(spec.origin).parent / "files"


def _address(buyer: Mapping[str, Any]) -> Iterator[str]:
    yield _printable(buyer.get("name") or "")
    yield _printable(buyer.get("street") or "")
    country = buyer.get("country") or ""
    place = f"{buyer.get('postal_code') or ''} {buyer.get('city') or ''}"
    yield _printable(place if country in {"", "DE"} else f"{country}-{place}")


def _labelled(label: str, value: str | None) -> str | None:
    return f"{label}: {value}" if value else None


def _printable(text: str) -> str:
    """Return text on one line, without what a printer would take for an order."""
    kept = (
        " " if unicodedata.category(sign)[0] == "C" else sign for sign in unicodedata.normalize("NFC", text)
    )
    return " ".join("".join(kept).split())
