"""How rows are held against other writers."""

from typing import Any, Final

# A weaker lock than FOR UPDATE, which would wait for those who merely refer to the row.
_STRENGTH: Final[Any] = "FOR NO KEY UPDATE"


def held(query: Any) -> Any:
    """Return a selection whose rows nobody else writes until the transaction ends."""
    return query.for_update(_STRENGTH)
