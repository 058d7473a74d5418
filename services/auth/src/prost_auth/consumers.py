"""The events that auth acts on: event type to the function that handles it, in one transaction."""

from prost.events import Handler

HANDLERS: dict[str, Handler] = {}
