"""The wire of signing in with an account elsewhere."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from prost.wire import Wire

Text = Annotated[str, Field(max_length=4096)]


class ProviderShown(Wire):
    """A provider: its name in addresses, and the one that people know."""

    provider: str
    name: str


class ProviderList(Wire):
    """All of them."""

    items: list[ProviderShown]
    next_page_token: str | None = None


class StartQuery(Wire):
    """Where to go on afterwards, a page of the shop; `prompt` has the provider ask who it is once more."""

    return_to: Annotated[str, Field(max_length=2000)] | None = None
    prompt: Literal["login"] | None = None


class CallbackQuery(BaseModel):
    """What a provider sends back (OpenID Connect Core, 3.1.2.5 and 3.1.2.6); it may send more."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    state: Text | None = None
    code: Text | None = None
    iss: Text | None = None
    error: Text | None = None
