"""How easily a password is guessed, estimated by zxcvbn beside the event loop and within a bound."""

import asyncio
import re
import threading
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

from zxcvbn import zxcvbn  # type: ignore[import-untyped] # it has none

from prost.errors import Unavailable
from prost_auth.domain.passwords import LEAST_SCORE, WeakPassword

__all__ = ["Strength", "suggestions"]

#: Characters that are looked at: zxcvbn's time grows with the square of the length.
LOOKED_AT: Final = 64
#: Different characters that may stand for letters; each combination of what they stand for is a pass.
STAND_INS: Final = 6
#: Estimates that may wait for their turn.
QUEUE: Final = 32

_WORDS: Final = 24
_STANDS_FOR_LETTERS: Final = frozenset("4@8({[<369&1!|70$5+%2")
_SEPARATORS: Final = re.compile(r"[\W_]+")
_SHOP: Final = ("prost",)

_CODES: Final = {
    "Use a few words, avoid common phrases.": "use-words",
    "No need for symbols, digits, or uppercase letters.": "no-symbols-needed",
    "Add another word or two. Uncommon words are better.": "add-words",
    "Use a longer keyboard pattern with more turns.": "avoid-keyboard-patterns",
    "Avoid repeated words and characters.": "avoid-repetition",
    "Avoid sequences.": "avoid-sequences",
    "Avoid recent years.": "avoid-years",
    "Avoid years that are associated with you.": "avoid-years",
    "Avoid dates and years that are associated with you.": "avoid-dates",
    "Capitalization doesn't help very much.": "capitals-do-not-help",
    "All-uppercase is almost as easy to guess as all-lowercase.": "capitals-do-not-help",
    "Reversed words aren't much harder to guess.": "reversing-does-not-help",
    "Predictable substitutions like '@' instead of 'a' don't help very much.": "substitutions-do-not-help",
}


class Strength:
    """Refuses passwords that are easy to guess. A dependency of the process.

    One thread estimates: zxcvbn is Python, so a second one would only take time from the event loop.
    """

    name = "password-strength"
    required = True

    def __init__(self) -> None:
        """Make it idle."""
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="auth-strength")
        self._slots = threading.BoundedSemaphore(QUEUE)

    async def start(self) -> None:
        """Begin with the first password."""

    async def stop(self) -> None:
        """Finish what is in hand."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    async def check(self) -> None:
        """Return always: there is nothing outside the process that could be away."""

    async def require(self, password: str, field: str, known: Iterable[str]) -> None:
        """Return when a password is hard to guess for who has the `known` texts about the person.

        Raises:
            WeakPassword: naming the field.
            Unavailable: too many wait.
        """
        if not self._slots.acquire(blocking=False):
            raise Unavailable("Too many passwords are being looked at.", headers={"Retry-After": "2"})
        future = self._pool.submit(_estimate, password, list(known))
        future.add_done_callback(lambda _: self._slots.release())
        found = await asyncio.wrap_future(future)
        if found["score"] < LEAST_SCORE:
            raise WeakPassword(field, suggestions(found["feedback"]))


def suggestions(feedback: dict[str, Any]) -> list[str]:
    """Return zxcvbn's advice as codes that the shop has words for."""
    return list(dict.fromkeys(_CODES[each] for each in feedback["suggestions"] if each in _CODES))


def _estimate(password: str, known: list[str]) -> dict[str, Any]:
    forms = (form for text in known for form in (text, _SEPARATORS.sub("", text), *_SEPARATORS.split(text)))
    words = [form.lower() for form in forms if len(form) > 1]
    found: dict[str, Any] = zxcvbn(_bounded(password), user_inputs=[*_SHOP, *words][:_WORDS])
    return found


def _bounded(password: str) -> str:
    """Return what is looked at of a password; what is left out can only make it harder to guess."""
    seen: set[str] = set()
    kept = []
    for character in password[:LOOKED_AT]:
        if character in _STANDS_FOR_LETTERS and character not in seen:
            if len(seen) == STAND_INS:
                # Nobody writes a word with so many stand-ins: here it is a symbol like any other.
                kept.append("~")
                continue
            seen.add(character)
        kept.append(character)
    return "".join(kept)
