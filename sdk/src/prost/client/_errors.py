"""What a call can fail with."""

from collections.abc import Mapping
from typing import Any

from prost.errors import Unavailable, UpstreamFailed

__all__ = ["CallFailed", "CallRefused", "CircuitOpen"]


class CallRefused(UpstreamFailed):
    """The other service understood the call and refused it with a 4xx.

    `remote_status` is its HTTP status, `remote_code` the code of its problem ("out-of-stock"), and
    `problem_json` the whole document. A caller that expects a refusal catches this; one that does not answers
    502.
    """

    def __init__(self, service: str, status: int, problem_json: Mapping[str, Any]) -> None:
        """Keep what it said."""
        self.remote_status = status
        self.remote_code = str(problem_json.get("code", ""))
        self.problem_json = problem_json
        super().__init__(f"{service} refused the call with {status} {self.remote_code}.".replace(" .", "."))


class CallFailed(Unavailable):
    """The other service could not be reached or failed."""


class CircuitOpen(CallFailed):
    """The other service failed so often that it is left alone for a moment."""
