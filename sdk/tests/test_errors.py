"""Errors as problems."""

from prost.errors import Conflict, FieldError, Invalid, ProstError, TooManyRequests


class OutOfStock(Conflict):
    """Nothing left."""


class PaymentFailed(Conflict):
    code = "payment-declined"
    title = "The bank said no"
    status = 402


def test_code_and_title_follow_from_the_name():
    assert (OutOfStock.status, OutOfStock.code, OutOfStock.title) == (409, "out-of-stock", "Out of stock")


def test_code_title_and_status_may_be_set():
    assert (PaymentFailed.status, PaymentFailed.code) == (402, "payment-declined")
    assert PaymentFailed.title == "The bank said no"


def test_a_problem_has_only_members_with_a_value():
    assert OutOfStock().problem() == {
        "type": "urn:prost:problem:out-of-stock",
        "title": "Out of stock",
        "status": 409,
        "code": "out-of-stock",
    }


def test_a_problem_tells_detail_fields_and_extensions():
    error = Invalid("Look again.", errors=[FieldError("body.name", "is empty")], limit=3)

    assert error.problem(instance="/beers", trace_id="ab") == {
        "limit": 3,
        "type": "urn:prost:problem:invalid",
        "title": "Invalid",
        "status": 422,
        "code": "invalid",
        "detail": "Look again.",
        "instance": "/beers",
        "trace_id": "ab",
        "errors": [{"field": "body.name", "message": "is empty", "code": "invalid"}],
    }


def test_an_extension_cannot_replace_a_member_of_the_standard():
    assert ProstError("x", status=200, title="fine").problem()["status"] == 500


def test_too_many_requests_says_when_to_come_back():
    assert TooManyRequests("Slow down.", retry_after=7).headers == {"Retry-After": "7"}
