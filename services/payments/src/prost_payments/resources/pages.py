"""The page on which a bank would ask its customer, in German and in English."""

from html import escape
from string import Template
from typing import Final

from prost_payments.providers.challenges import Challenge

_TEXTS: Final = {
    "de": {
        "title": "Zahlung freigeben",
        "note": "Dies ist der Testanbieter von Prost. Es wird kein Geld bewegt.",
        "question": "Möchten Sie $amount € an Prost zahlen?",
        "approve": "Freigeben",
        "decline": "Ablehnen",
        "answered": "Diese Zahlung wurde schon beantwortet.",
        "back": "Zurück zum Shop",
        "other": "English",
        "other_code": "en",
    },
    "en": {
        "title": "Approve the payment",
        "note": "This is the test provider of Prost. No money is moved.",
        "question": "Do you want to pay €$amount to Prost?",
        "approve": "Approve",
        "decline": "Decline",
        "answered": "This payment was answered before.",
        "back": "Back to the shop",
        "other": "Deutsch",
        "other_code": "de",
    },
}
_PAGE: Final = Template("""<!doctype html>
<html lang="$language">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>$title &middot; Prost</title>
</head>
<body>
<header><a href="?lang=$other_code" hreflang="$other_code" lang="$other_code">$other</a></header>
<main>
<h1>$title</h1>
$content
<p><small>$note</small></p>
</main>
</body>
</html>
""")
_QUESTION: Final = Template("""<form method="post">
<p>$question</p>
<p><button name="decision" value="approve">$approve</button>
<button name="decision" value="decline">$decline</button></p>
</form>""")
_ANSWERED: Final = Template("""<p>$answered</p>
<p><a href="$url">$back</a></p>""")


def language_of(accepted: str) -> str:
    """Return the first language that a browser accepts and there is; German without any."""
    names = (tag.strip()[:2].lower() for tag in accepted.split(","))
    return next((name for name in names if name in _TEXTS), "de")


def challenge_page(challenge: Challenge, language: str) -> bytes:
    """Return the page: the question, or where to go on once it was answered."""
    texts = _TEXTS[language]
    if challenge.is_open:
        amount = f"{challenge.amount_minor // 100}.{challenge.amount_minor % 100:02}"
        shown = amount.replace(".", ",") if language == "de" else amount
        question = Template(texts["question"]).substitute(amount=shown)
        content = _QUESTION.substitute({**texts, "question": question})
    else:
        content = _ANSWERED.substitute(texts, url=escape(challenge.return_url))
    return _PAGE.substitute(texts, language=language, content=content).encode()
