"""The one error of the command line that people are meant to read."""

from __future__ import annotations


class CliError(Exception):
    """Something that the user can mend: `message` states the fact, `remedy` what to do about it."""

    exit_code = 1

    def __init__(self, message: str, *, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy

    def __reduce__(self) -> tuple[object, ...]:
        """Keep the remedy when the error goes from one process to another."""
        return _again, (type(self), self.message, self.remedy)

    def __str__(self) -> str:
        """Both sentences, for a log line."""
        return f"{self.message}\n{self.remedy}" if self.remedy else self.message


def _again(kind: type[CliError], message: str, remedy: str) -> CliError:
    return kind(message, remedy=remedy)
