"""What all wire models share."""

from typing import Any

Answer = dict[str, Any]
