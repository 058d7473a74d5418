"""What staff keeps over HTTP: vouchers, and who the shop is."""

import pytest

VOUCHER = {"kind": "FIXED", "amount": {"amount": "10.00", "currency": "EUR"}, "code": "prost-10"}
SELLER = {
    "name": "Getränke Ada e. K.",
    "street": "Isarweg 2",
    "postal_code": "80469",
    "city": "München",
    "email": "ada@example.org",
}


@pytest.fixture
def of_role(token):
    """Return a function that gives the headers of somebody with a role."""
    return lambda role: {"Authorization": f"Bearer {token(role, subject='sepp')}"}


async def test_a_voucher_is_made_read_changed_and_listed(shop, of_role):
    keeper = of_role("catalog-manager")

    made = await shop.post("/orders/vouchers", json=VOUCHER, headers=keeper)
    path = made.headers["location"]
    changed = await shop.patch(path, json={"total_limit": 5}, headers=keeper)
    read = await shop.get(path, headers=keeper)
    listed = await shop.get("/orders/vouchers?q=prost", headers=keeper)

    assert made.status_code == 201
    assert (made.json["code"], made.json["amount"]["amount"], made.json["percent"]) == (
        "PROST-10",
        "10.00",
        None,
    )
    assert (changed.json["total_limit"], changed.json["used"]) == (5, 0)
    assert read.json == changed.json
    assert listed.json == {"items": [read.json], "next_page_token": None}


async def test_pages_of_vouchers_follow_each_other(shop, of_role):
    for number in range(3):
        await shop.post("/orders/vouchers", json={**VOUCHER, "code": f"V-{number}"}, headers=of_role("admin"))

    first = (await shop.get("/orders/vouchers?page_size=2", headers=of_role("admin"))).json
    query = f"page_size=2&page_token={first['next_page_token']}"
    last = (await shop.get(f"/orders/vouchers?{query}", headers=of_role("admin"))).json

    assert [each["code"] for each in [*first["items"], *last["items"]]] == ["V-2", "V-1", "V-0"]
    assert last["next_page_token"] is None


@pytest.mark.parametrize(("role", "status"), [("customer", 403), ("support", 403), ("admin", 200)])
async def test_vouchers_are_for_those_who_keep_them(shop, of_role, role, status):
    assert (await shop.get("/orders/vouchers", headers=of_role(role))).status_code == status


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({**VOUCHER, "code": "ä"}, "body.code"),
        ({**VOUCHER, "percent": 5}, "body"),
        ({"kind": "PERCENT"}, "body"),
        ({"kind": "PERCENT", "percent": 101}, "body.percent"),
        ({**VOUCHER, "amount": {"amount": "0.00", "currency": "EUR"}}, "body"),
        ({**VOUCHER, "amount": {"amount": "999999999999.00", "currency": "EUR"}}, "body"),
        ({**VOUCHER, "ends_at": "9999-12-31T23:59:59-12:00"}, "body.ends_at"),
        ({**VOUCHER, "ends_at": "2030-01-01T00:00:00"}, "body.ends_at"),
        ({**VOUCHER, "ends_at": "2001-01-01T00:00:00Z"}, "body.ends_at"),
        ({**VOUCHER, "total_limit": 0}, "body.total_limit"),
        ({**VOUCHER, "used": 3}, "body.used"),
    ],
)
async def test_a_voucher_that_makes_no_sense_is_refused_by_its_field(shop, of_role, body, field):
    refused = await shop.post("/orders/vouchers", json=body, headers=of_role("admin"))

    assert refused.status_code == 422
    assert [fault["field"] for fault in refused.json["errors"]] == [field]


async def test_two_vouchers_of_one_code_are_a_conflict(shop, of_role):
    await shop.post("/orders/vouchers", json=VOUCHER, headers=of_role("admin"))

    refused = await shop.post("/orders/vouchers", json=VOUCHER, headers=of_role("admin"))

    assert (refused.status_code, refused.json["code"]) == (409, "voucher-exists")


@pytest.mark.parametrize("body", [{"enabled": None}, {"starts_at": None}, {"percent": 50}])
async def test_what_a_voucher_is_worth_and_that_it_begins_stays(shop, of_role, body):
    made = await shop.post("/orders/vouchers", json=VOUCHER, headers=of_role("admin"))

    refused = await shop.patch(made.headers["location"], json=body, headers=of_role("admin"))

    assert refused.status_code == 422


async def test_the_seller_is_set_by_admins_alone(shop, of_role):
    refused = await shop.put("/orders/seller", json=SELLER, headers=of_role("support"))
    done = await shop.put("/orders/seller", json=SELLER, headers=of_role("admin"))
    read = await shop.get("/orders/seller", headers=of_role("support"))

    assert (refused.status_code, done.status_code) == (403, 200)
    assert (read.json["name"], read.json["vat_id"], read.json["country"]) == (
        "Getränke Ada e. K.",
        None,
        "DE",
    )
