"""What is wrong with a declaration, by its TOML path."""

import difflib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from prost.errors import FieldError

__all__ = ["SpecError", "problems_of"]


class SpecError(ValueError):
    """A declaration cannot be used. `problems` has every fault by its TOML path: `http.public[0].auth`."""

    def __init__(self, path: Path, problems: Sequence[FieldError]) -> None:
        """Collect all problems of the file at `path`."""
        self.path = path
        self.problems = tuple(problems)
        lines = [f"{p.field}: {p.message}" if p.field else p.message for p in self.problems]
        super().__init__("\n  ".join([f"{path} is not a valid service declaration:", *lines]))


def problems_of(error: ValidationError, model: type[BaseModel]) -> Iterator[FieldError]:
    for item in error.errors(include_url=False):
        location = item["loc"]
        message = item["msg"].removeprefix("Value error, ")
        if item["type"] == "extra_forbidden":
            message = _unknown_key(location, model)
        yield FieldError(_toml_path(location), message, item["type"])


def _toml_path(location: Sequence[int | str]) -> str:
    path = ""
    for part in location:
        path += f"[{part}]" if isinstance(part, int) else f".{part}"
    return path.removeprefix(".").removesuffix(".[key]")


def _unknown_key(location: Sequence[int | str], model: Any) -> str:
    for part in location[:-1]:
        if isinstance(part, str):
            model = _section_of(model.model_fields[part].annotation)
    close = difflib.get_close_matches(str(location[-1]), model.model_fields, n=1)
    return f"unknown key; did you mean {close[0]!r}?" if close else "unknown key"


def _section_of(annotation: Any) -> Any:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next(found for found in map(_section_of, get_args(annotation)) if found is not None)
