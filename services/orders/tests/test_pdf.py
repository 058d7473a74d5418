"""Documents as they are read when they are printed."""

import io

import pytest
from pypdf import PdfReader

from prost_orders.documents.pdf import print_document
from prost_orders.documents.texts import date_in, money_in, rate_in

SELLER = {
    "name": "Prost Getränke GmbH",
    "street": "Am Musteranger 1",
    "postal_code": "80331",
    "city": "München",
    "country": "DE",
    "vat_id": "DE999999999",
    "tax_number": None,
    "trade_register": "Amtsgericht München, HRB 999999",
    "managers": "Maria Muster",
    "email": "shop@prost.test",
    "phone": None,
}
HELLES = {
    "sku": "HELLES-05",
    "name": "Augustiner Hell",
    "variant": {"de": "0,5 l Mehrwegflasche", "en": "0.5 l reusable bottle"},
    "quantity": 20,
    "unit_price_minor": 6172,
    "goods_minor": 123440,
    "unit_deposit_minor": 8,
    "deposit_minor": 160,
    "vat_rate": "19.00",
}
INVOICE = {
    "kind": "INVOICE",
    "number": "RE-2030-000123",
    "issued_on": "2030-01-31",
    "language": "de",
    "order_number": "P-7KM3-92QX-4D",
    "ordered_on": "2030-01-30",
    "seller": SELLER,
    "buyer": {
        "name": "Zoë Grünwald-Łuczak",
        "street": "Straße des 17. Juni 135",
        "postal_code": "10623",
        "city": "Berlin",
        "country": "DE",
        "email": "zoe@example.org",
    },
    "lines": [HELLES],
    "goods_minor": 123440,
    "discount_minor": 1000,
    "voucher": "PROST-10",
    "shipping_method": "express",
    "shipping_minor": 990,
    "deposit_minor": 160,
    "total_minor": 123590,
    "vat": [{"rate": "19.00", "net_minor": 103857, "vat_minor": 19733, "gross_minor": 123590}],
}


def read(document):
    reader = PdfReader(io.BytesIO(print_document(document)))
    return reader, "\n".join(page.extract_text() for page in reader.pages).replace("\N{NO-BREAK SPACE}", " ")


@pytest.fixture(scope="module")
def invoice_text():
    """Give what the invoice says."""
    return read(INVOICE)[1]


@pytest.mark.parametrize(
    "said",
    [
        "Rechnung RE-2030-000123",
        "31.01.2030",
        "P-7KM3-92QX-4D",
        "Zoë Grünwald-Łuczak",
        "Straße des 17. Juni 135",
        "10623 Berlin",
        "USt-IdNr.: DE999999999",
        "Augustiner Hell, 0,5 l Mehrwegflasche",
        "1.234,40 €",
        "Pfand (HELLES-05)",
        "0,08 €",
        "Rabatt (Gutschein PROST-10)",
        "-10,00 €",
        "Expressversand",
        "Gesamtbetrag",
        "1.235,90 €",
        "19 %",
        "197,33 €",
        "Seite 1 von 1",
    ],
)
def test_an_invoice_says_what_the_law_wants_to_read(invoice_text, said):
    assert said in invoice_text


def test_an_invoice_is_english_where_the_order_was():
    reader, text = read({**INVOICE, "language": "en"})

    assert reader.trailer["/Root"]["/Lang"] == "en"
    assert reader.metadata.title == "Invoice RE-2030-000123"
    for said in ("31 Jan 2030", "€1,235.90", "0.5 l reusable bottle", "Deposit (HELLES-05)", "19%"):
        assert said in text


def test_a_correction_names_the_invoice_and_what_is_paid_back():
    corrects = {"number": "RE-2030-000123", "issued_on": "2030-01-31"}

    _, text = read({**INVOICE, "kind": "CORRECTION", "number": "RK-2030-000001", "corrects": corrects})

    assert "Rechnungskorrektur RK-2030-000001" in text
    assert "Zu Rechnung RE-2030-000123 vom 31.01.2030" in text
    assert "Erstattungsbetrag" in text
    assert "Gesamtbetrag" not in text


def test_the_same_document_is_the_same_file():
    assert print_document(INVOICE) == print_document(INVOICE)


def test_a_long_invoice_goes_on_over_pages_with_its_headings():
    reader, text = read({**INVOICE, "lines": [HELLES] * 50})

    assert len(reader.pages) > 3
    assert text.count("Einzelpreis") == len(reader.pages)
    assert f"Seite 2 von {len(reader.pages)}" in text


@pytest.mark.parametrize(
    "name",
    [
        "李小龙 🍺",
        "\u202eevil\u202c",
        "x" * 120,
        "two\nlines\x07",
        "שלום",
        "**bold** <b>{nb}</b>",
        "(\\) /Type /Page",
        "A" * 60 + " " + "B" * 59,
    ],
)
def test_no_name_keeps_a_document_from_being_printed(name):
    buyer = dict.fromkeys(INVOICE["buyer"], name)
    line = {**HELLES, "name": name, "variant": {}, "sku": name}

    reader, text = read({**INVOICE, "buyer": buyer, "lines": [line]})

    assert len(reader.pages) <= 2
    assert "1.235,90 €" in text


def test_the_address_of_a_buyer_abroad_names_the_country():
    _, text = read({**INVOICE, "buyer": {**INVOICE["buyer"], "country": "AT"}})

    assert "AT-10623 Berlin" in text


@pytest.mark.parametrize(
    ("minor", "german", "english"),
    [
        (0, "0,00\u00a0€", "€0.00"),
        (5, "0,05\u00a0€", "€0.05"),
        (-123456789, "-1.234.567,89\u00a0€", "-€1,234,567.89"),
    ],
)
def test_amounts_are_written_as_people_write_them(minor, german, english):
    assert (money_in("de", minor), money_in("en", minor)) == (german, english)


def test_rates_and_days_are_written_as_people_write_them():
    assert [rate_in("de", rate) for rate in ("19.00", "5.50", "0.00")] == [
        "19\u00a0%",
        "5,5\u00a0%",
        "0\u00a0%",
    ]
    assert (rate_in("en", "10.00"), date_in("en", "2030-12-01"), date_in("de", "2030-12-01")) == (
        "10%",
        "1 Dec 2030",
        "01.12.2030",
    )
