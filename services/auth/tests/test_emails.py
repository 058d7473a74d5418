"""E-mail addresses: what is one, and when two are the same."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prost.errors import Invalid
from prost_auth.domain.emails import EmailAddress

ATOM = st.text("abcXYZ019!#$%&'*+-/=?^_`{|}~äÄßéñøİıσςΣﬁΩ", min_size=1, max_size=12)
LOCAL = st.lists(ATOM, min_size=1, max_size=3).map(".".join)
LABEL = st.text("abcXYZ019äöüßÉ", min_size=1, max_size=10)
DOMAIN = st.builds(
    "{}.{}".format, st.lists(LABEL, min_size=1, max_size=3).map(".".join), st.sampled_from(["de", "COM"])
)


def parsed(text):
    """Return the address, None for what is none."""
    try:
        return EmailAddress.parse(text)
    except Invalid:
        return None


@pytest.mark.parametrize(
    ("text", "written", "key", "deliverable"),
    [
        ("anna@example.org", "anna@example.org", "anna@example.org", "anna@example.org"),
        ("  Anna@Example.ORG ", "Anna@example.org", "anna@example.org", "Anna@example.org"),
        ("a.b+tag@example.org", "a.b+tag@example.org", "a.b+tag@example.org", "a.b+tag@example.org"),
        (
            "o'hara@sub.example.org",
            "o'hara@sub.example.org",
            "o'hara@sub.example.org",
            "o'hara@sub.example.org",
        ),
        ("jörg@bücher.de", "jörg@bücher.de", "jörg@xn--bcher-kva.de", "jörg@xn--bcher-kva.de"),
        ("x@BÜCHER.de", "x@bücher.de", "x@xn--bcher-kva.de", "x@xn--bcher-kva.de"),
        ("x@xn--bcher-kva.de", "x@bücher.de", "x@xn--bcher-kva.de", "x@xn--bcher-kva.de"),
        ("x@example。org", "x@example.org", "x@example.org", "x@example.org"),
        ("STRASSE@example.org", "STRASSE@example.org", "strasse@example.org", "STRASSE@example.org"),
    ],
)
def test_an_address_has_one_form_however_it_is_written(text, written, key, deliverable):
    address = EmailAddress.parse(text)

    assert (address.written, address.key, address.deliverable) == (written, key, deliverable)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "anna",
        "@example.org",
        "anna@",
        "anna@localhost",
        "anna@127.0.0.1",
        "anna@[127.0.0.1]",
        "anna@example..org",
        "anna@-example.org",
        "anna@example.org.",
        "anna@.org",
        "anna@exa mple.org",
        "anna@exa_mple.org",
        ".anna@example.org",
        "anna.@example.org",
        "an..na@example.org",
        "an na@example.org",
        "anna@home@example.org",
        '"anna b"@example.org',
        "anna\r\nBcc: all@example.org",
        "anna@example.org\nBcc: x",
        "an\u200bna@example.org",
        "an\u202ena@example.org",
        "anna\0@example.org",
        "anna,bert@example.org",
        "anna<a>@example.org",
        "anna@exam\u200bple.org.",
        "anna@\ud800.org",
        "an\ud800na@example.org",
        "😀@example.org",
        "x" * 65 + "@example.org",
        "anna@" + "x" * 64 + ".org",
        "anna@" + ".".join(["x" * 60] * 5) + ".org",
        "anna@xn--.org",
        "anna@xn--zzzzzzzzzz99999.org",
    ],
)
def test_what_is_no_address_is_refused_by_its_field(text):
    with pytest.raises(Invalid) as refusal:
        EmailAddress.parse(text)

    assert [(problem.field, problem.code) for problem in refusal.value.errors] == [("body.email", "invalid")]


def test_the_longest_address_is_taken_and_one_byte_more_is_not():
    domain = ".".join(["x" * 63, "x" * 63, "x" * 58, "org"])

    assert len(EmailAddress.parse(f"{'a' * 63}@{domain}").written) == 254
    assert parsed(f"{'a' * 64}@{domain}") is None


@given(LOCAL, DOMAIN)
def test_an_address_survives_being_read_again(local, domain):
    address = EmailAddress.parse(f"{local}@{domain}")

    assert EmailAddress.parse(address.written) == address
    assert EmailAddress.parse(address.deliverable).key == address.key


@given(LOCAL, DOMAIN)
def test_case_and_composition_make_no_other_account(local, domain):
    address = EmailAddress.parse(f"{local}@{domain}")

    assert EmailAddress.parse(unicodedata.normalize("NFD", f"{local}@{domain}")).key == address.key
    assert EmailAddress.parse(f"{local.lower()}@{domain.lower()}").key == address.key


@given(st.text(max_size=300))
def test_any_text_is_an_address_or_refused(text):
    address = parsed(text)

    assert address is None or (address.written.isprintable() and address.key.count("@") == 1)


@given(st.text("a.@-+üxn", max_size=300))
def test_text_that_is_almost_an_address_is_one_or_refused(text):
    address = parsed(text)

    assert address is None or len(address.deliverable.encode()) <= 254


@pytest.mark.parametrize(
    "text", ["a." * 100_000, "@" * 200_000, "a@" + "a." * 100_000, "ü" * 200_000 + "@x.de"]
)
def test_a_long_text_is_refused_before_it_is_looked_at(text):
    address = parsed(text)

    assert address is None
