"""The settings of orders: the platform's, and its own."""

from prost.settings import Settings as PlatformSettings


class Settings(PlatformSettings):
    """Read from `PROST_*` variables; a field added here is read from the variable of its name."""
