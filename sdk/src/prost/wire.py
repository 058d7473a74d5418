"""What every model of the wire has in common; pydantic only, so that a worker may import it."""

from pydantic import BaseModel, ConfigDict

__all__ = ["Wire"]


class Wire(BaseModel):
    """A JSON object, a form or a query whose fields are all known; another one is refused by its name."""

    model_config = ConfigDict(extra="forbid", frozen=True)
