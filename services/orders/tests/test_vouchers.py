"""Vouchers on a real PostgreSQL: who can use one, how often, and when it comes back."""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import peewee
import pytest

from prost.db import database as db
from prost.db import utcnow, uuid7
from prost.errors import Invalid
from prost_orders.domain.vouchers import (
    VoucherExists,
    VoucherKind,
    VoucherNotFound,
    VoucherRefused,
    normal_code,
)
from prost_orders.use_cases.vouchers import (
    NewVoucher,
    change_voucher,
    create_voucher,
    find_voucher,
    list_vouchers,
    read_voucher,
    refusal_in,
)


@pytest.fixture
def voucher(database):
    """Return a function that makes a voucher of ten euros."""

    def make(code="PROST-10", **facts):
        defaults = {
            "kind": VoucherKind.FIXED, "value": 1000, "minimum": 0, "once_per_customer": False,
            "starts_at": None, "ends_at": None, "total_limit": None, "enabled": True,
        }  # fmt: skip
        return create_voucher(NewVoucher(**{**defaults, "code": code, **facts}), "sepp")

    return make


@pytest.fixture
def refused(sell):
    """Return a function that tells why an order is not placed."""

    def why(**order):
        with pytest.raises(VoucherRefused) as refusal:
            sell(**order)
        assert [problem.field for problem in refusal.value.errors] == ["body.voucher"]
        return refusal.value.reason

    return why


def used(made):
    return read_voucher(made["id"])["used"]


@pytest.mark.parametrize("text", ["prost-10", " PROST-10\n", "Prost-10"])
def test_a_code_is_the_same_in_any_case(voucher, text):
    voucher()

    assert find_voucher(text, "ada", None).code == "PROST-10"


@pytest.mark.parametrize(
    "text", ["", "PROST 10", "PROST-", "-10", "X" * 41, "PR\x00ST", "PRÖST", "' OR 1=1", "%"]
)
def test_what_is_no_code_is_no_voucher(text):
    with pytest.raises(VoucherRefused) as refusal:
        normal_code(text)
    assert [(e.field, e.code) for e in refusal.value.errors] == [("body.voucher", "voucher-unknown")]


def test_an_order_uses_its_voucher(voucher, sell):
    made = voucher()

    sell(voucher="prost-10")

    assert used(made) == 1


def test_an_unknown_and_a_disabled_voucher_are_told_alike(voucher, refused):
    voucher("GONE", enabled=False)

    assert refused(voucher="NEVER") == refused(voucher="GONE") == "voucher-unknown"


def test_a_voucher_has_its_time(voucher, refused, sell, clock):
    now = utcnow()
    voucher(starts_at=now + timedelta(hours=1), ends_at=now + timedelta(hours=2))

    assert refused(voucher="PROST-10") == "voucher-not-yet-valid"
    clock.advance(3600)
    sell(voucher="PROST-10")
    clock.advance(3600)
    assert refused(voucher="PROST-10") == "voucher-expired"


def test_a_voucher_is_used_up(voucher, refused, sell):
    voucher(total_limit=2)
    sell(voucher="PROST-10")
    sell(voucher="PROST-10", customer="bob")

    assert refused(voucher="PROST-10", customer="eve") == "voucher-used-up"


def test_a_voucher_for_everybody_once_is_used_once_by_each(voucher, refused, sell):
    voucher(once_per_customer=True)
    sell(voucher="PROST-10", customer="ada")
    sell(voucher="PROST-10", customer="bob")

    assert refused(voucher="PROST-10", customer="ada") == "voucher-already-used"


@pytest.mark.parametrize("again", ["guest@example.org", "Guest@Example.ORG", " guest+beer@example.org"])
def test_a_guest_is_known_by_their_address(voucher, refused, sell, again):
    voucher(once_per_customer=True)
    sell(voucher="PROST-10", customer=None, email="guest@example.org")
    sell(voucher="PROST-10", customer=None, email="other@example.org")

    assert refused(voucher="PROST-10", customer=None, email=again) == "voucher-already-used"


def test_a_customer_is_the_same_one_as_a_guest(voucher, refused, sell):
    voucher(once_per_customer=True)
    sell(voucher="PROST-10", customer="ada", email="ada@example.org")

    assert refused(voucher="PROST-10", customer=None, email="ada@example.org") == "voucher-already-used"


def test_nothing_that_is_kept_of_who_used_it_can_be_read(voucher, sell):
    voucher(once_per_customer=True)
    sell(voucher="PROST-10", customer="ada", email="ada@example.org")

    kept = db.execute_sql("SELECT redeemer FROM voucher_uses").fetchall()
    assert [len(redeemer) for (redeemer,) in kept] == [64, 64]


@pytest.mark.parametrize("state", ["REJECTED", "EXPIRED", "CANCELLED"])
def test_an_order_that_comes_to_nothing_gives_its_voucher_back_once(voucher, sell, move, state):
    made = voucher(once_per_customer=True, total_limit=1)
    order = sell(voucher="PROST-10")

    move(order, state)
    move(order, state)

    assert used(made) == 0
    sell(voucher="PROST-10")
    assert used(made) == 1


def test_an_order_that_is_called_off_after_its_confirmation_gives_it_back(voucher, sell, move):
    made = voucher()
    order = sell(voucher="PROST-10", state="CONFIRMED")
    assert used(made) == 1

    move(order, "CANCELLED")

    assert used(made) == 0


def test_of_thirty_orders_at_once_as_many_use_a_voucher_as_it_allows(voucher, sell):
    made = voucher(total_limit=3)
    start = threading.Barrier(30)

    def order(number):
        db.connect(reuse_if_open=True)
        try:
            terms = find_voucher("PROST-10", f"customer-{number}", None)
            start.wait(60)
            return _placed(sell, terms, number)
        finally:
            db.close()

    with ThreadPoolExecutor(30) as pool:
        outcomes = list(pool.map(order, range(30)))

    assert Counter(outcomes) == {"placed": 3, "voucher-used-up": 27}
    assert used(made) == 3
    assert db.execute_sql("SELECT count(*) FROM orders").fetchone() == (3,)


def test_of_two_orders_of_one_customer_at_once_one_uses_the_voucher(voucher, sell):
    made = voucher(once_per_customer=True)
    start = threading.Barrier(8)

    def order(_number):
        db.connect(reuse_if_open=True)
        try:
            terms = find_voucher("PROST-10", "ada", None)
            start.wait(60)
            return _placed(sell, terms, None)
        finally:
            db.close()

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(order, range(8)))

    assert Counter(outcomes) == {"placed": 1, "voucher-already-used": 7}
    assert used(made) == 1


def _placed(sell, terms, number):
    try:
        sell(customer="ada" if number is None else f"customer-{number}", terms=terms)
    except peewee.IntegrityError as error:
        refusal = refusal_in(error)
        return str(error) if refusal is None else str(refusal.reason)
    return "placed"


def test_a_refusal_is_told_from_other_errors():
    assert refusal_in(peewee.IntegrityError()) is None
    assert refusal_in(peewee.IntegrityError("orders_number_key")) is None


def test_a_code_that_is_made_up_is_long_and_always_another_one(voucher):
    codes = {voucher(None)["code"] for _ in range(20)}

    assert len(codes) == 20
    assert {len(code) for code in codes} == {14}


def test_two_vouchers_do_not_share_a_code(voucher):
    voucher()

    with pytest.raises(VoucherExists):
        voucher()


def test_a_voucher_that_would_end_before_it_begins_is_refused(voucher):
    now = utcnow()

    with pytest.raises(Invalid) as refused:
        voucher(ends_at=now - timedelta(days=1))
    assert [problem.field for problem in refused.value.errors] == ["body.ends_at"]
    made = voucher(starts_at=now)
    with pytest.raises(Invalid):
        change_voucher(made["id"], {"ends_at": now})


def test_a_change_changes_what_it_names(voucher, refused):
    made = voucher(total_limit=5)

    changed = change_voucher(made["id"], {"enabled": False})

    assert (changed["enabled"], changed["total_limit"], changed["value"]) == (False, 5, 1000)
    assert read_voucher(made["id"]) == changed
    assert refused(voucher="PROST-10") == "voucher-unknown"


def test_an_unknown_voucher_cannot_be_changed(database):
    with pytest.raises(VoucherNotFound):
        change_voucher(uuid7(), {"enabled": False})


def test_vouchers_are_listed_newest_first_and_found_by_a_part_of_their_code(voucher):
    for code in ("SUMMER-1", "WINTER-1", "SUMMER-2"):
        voucher(code)

    assert [each["code"] for each in list_vouchers(None, None, 10)] == ["SUMMER-2", "WINTER-1", "SUMMER-1"]
    assert [each["code"] for each in list_vouchers("summer", None, 10)] == ["SUMMER-2", "SUMMER-1"]
    newest = list_vouchers(None, None, 1)[0]
    assert [each["code"] for each in list_vouchers(None, newest["id"], 10)] == ["WINTER-1", "SUMMER-1"]


@pytest.mark.parametrize(
    ("kind", "value"), [("PERCENT", 0), ("PERCENT", 101), ("FIXED", 0), ("FREE_SHIPPING", 1), ("FIXED", -1)]
)
def test_the_database_keeps_no_voucher_that_makes_no_sense(database, kind, value):
    with pytest.raises(peewee.IntegrityError):
        db.execute_sql(
            "INSERT INTO vouchers (id, code, kind, value, minimum_minor, once_per_customer, starts_at,"
            " created_by, created_at, updated_at)"
            " VALUES (%s, 'X', %s, %s, 0, false, now(), 'x', now(), now())",
            (uuid7(), kind, value),
        )
