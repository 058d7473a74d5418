"""What browsers send."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

from prost.wire import Wire


class PageQuery(Wire):
    """In which language a page is wanted; the browser's without it."""

    lang: Literal["de", "en"] | None = None


class DecisionForm(Wire):
    """What a customer says to their bank."""

    decision: Literal["approve", "decline"]


class ReturnQuery(BaseModel):
    """Whatever a provider adds to the address at which customers come back; it is asked, not believed."""

    model_config = ConfigDict(extra="ignore", frozen=True)
