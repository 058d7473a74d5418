"""The OpenAPI document of an application."""

import falcon.testing
import pytest
from pydantic import BaseModel, Field

from prost.errors import Conflict
from prost.http import MoneyIn, PublicCache, create_app, operation
from prost.settings import Settings
from prost.spec import ServiceSpec


class Search(BaseModel):
    q: str | None = Field(default=None, max_length=20, description="Words to look for.")
    size: int = Field(default=20, ge=1, le=100)


class Crate(BaseModel):
    price: MoneyIn
    count: int


class AlreadyThere(Conflict):
    """A crate of this kind is there."""


class CratesResource:
    @operation(
        summary="List crates.",
        query=Search,
        returns=list[Crate],
        auth="anonymous",
        cache=PublicCache("crates", 5),
    )
    async def on_get(self, req, resp, *, query: Search): ...

    @operation(
        summary="Add a crate.",
        body=Crate,
        returns=(201, Crate),
        errors=[AlreadyThere],
        auth="staff",
        tags=["staff"],
        also=[202],
    )
    async def on_post(self, req, resp, *, body: Crate):
        """Add one.

        And no more.
        """


class CrateResource:
    @operation(summary="Throw a crate away.", auth="optional")
    async def on_delete(self, req, resp, *, number: int): ...


@pytest.fixture
def document():
    spec = ServiceSpec.model_validate({"service": {"name": "crates", "summary": "Keeps crates."}})
    routes = {"/crates": CratesResource(), "/crates/{number:int}": CrateResource()}
    app = create_app(spec, Settings(service="crates", env="test"), routes)
    return falcon.testing.TestClient(app).simulate_get("/openapi.json").json


def test_the_document_is_openapi_3_1(document):
    assert document["openapi"] == "3.1.0"
    assert document["info"] == {"title": "Crates", "summary": "Keeps crates.", "version": "1"}
    assert sorted(document["paths"]) == ["/crates", "/crates/{number}"]


def test_a_query_parameter_may_be_absent_and_is_never_null(document):
    q, size = document["paths"]["/crates"]["get"]["parameters"]

    assert q == {
        "name": "q",
        "in": "query",
        "required": False,
        "description": "Words to look for.",
        "schema": {"type": "string", "maxLength": 20},
    }
    assert size["schema"] == {"type": "integer", "minimum": 1, "maximum": 100, "default": 20}


def test_other_statuses_in_the_same_form_are_told(document):
    responses = document["paths"]["/crates"]["post"]["responses"]

    assert responses["202"] == responses["201"]
    assert "content" in responses["202"]


def test_a_body_says_that_other_fields_are_refused_and_what_the_largest_number_is(document):
    crate = document["components"]["schemas"]["Crate"]

    assert crate["additionalProperties"] is False
    assert crate["properties"]["count"]["maximum"] == 2**63 - 1
    assert crate["properties"]["price"]["properties"]["currency"] == {"type": "string", "const": "EUR"}


def test_a_query_model_is_no_component(document):
    assert sorted(document["components"]["schemas"]) == ["Crate", "Problem"]


def test_every_problem_is_described(document):
    answers = document["paths"]["/crates"]["post"]["responses"]

    assert sorted(answers) == ["201", "202", "400", "401", "403", "409", "413", "415", "422", "default"]
    assert answers["409"] == {
        "description": "Already there (already-there)",
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }


def test_access_becomes_a_security_requirement(document):
    post = document["paths"]["/crates"]["post"]

    assert post["security"] == [{"bearer": []}]
    assert post["x-prost-access"] == "staff"
    assert document["paths"]["/crates/{number}"]["delete"]["security"] == [{}, {"bearer": []}]
    assert "security" not in document["paths"]["/crates"]["get"]


def test_a_docstring_is_the_description(document):
    assert document["paths"]["/crates"]["post"]["description"] == "Add one. And no more."


def test_a_cached_operation_may_answer_that_nothing_changed(document):
    assert sorted(document["paths"]["/crates"]["get"]["responses"]) == ["200", "304", "400", "422", "default"]
