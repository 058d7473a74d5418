"""Invoices and their corrections."""

from enum import StrEnum

from prost.errors import NotFound


class DocumentKind(StrEnum):
    """What a document is: an invoice, what takes it back as a whole, or what takes back a part of it."""

    INVOICE = "INVOICE"
    CANCELLATION = "CANCELLATION"
    CORRECTION = "CORRECTION"


class DocumentNotFound(NotFound):
    """The order has no such document: it has an invoice from its confirmation on."""
