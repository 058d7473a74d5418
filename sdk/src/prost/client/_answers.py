"""What another service answered."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import orjson
from pydantic import BaseModel, ValidationError

from prost.errors import UpstreamFailed

__all__ = ["Answer"]

_Model = TypeVar("_Model", bound=BaseModel)


@dataclass(frozen=True)
class Answer:
    """A successful answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """Return the body's JSON. Raises UpstreamFailed when it is none."""
        try:
            return orjson.loads(self.body)
        except orjson.JSONDecodeError as error:
            raise UpstreamFailed("Another service answered with something that is not JSON.") from error

    def read(self, model: type[_Model]) -> _Model:
        """Return the body as a model. Raises UpstreamFailed when it does not fit."""
        try:
            return model.model_validate_json(self.body)
        except ValidationError as error:
            raise UpstreamFailed("Another service answered with something unexpected.") from error
