"""Logs: structlog's and the standard library's alike, with the trace that they belong to."""

import logging
import sys
import time
from typing import Any

import orjson
from opentelemetry import trace

from prost._imports import without
from prost.settings import Settings

# Draws tracebacks on terminals, which our formats do not ask for.
with without("rich"):
    import structlog

__all__ = ["configure_logs"]


def configure_logs(settings: Settings) -> None:
    """Send all logs, the standard library's too, to standard error in the format of the settings."""
    level = logging.getLevelNamesMapping()[settings.log_level.upper()]
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _add_identity(settings.service),
        structlog.processors.format_exc_info,
    ]
    if settings.log_format == "json":
        shared.append(structlog.processors.EventRenamer("message"))
        renderer: structlog.typing.Processor = structlog.processors.JSONRenderer(serializer=_json)
    else:
        renderer = structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
    structlog.configure(
        processors=[*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name, *shared],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    logging.basicConfig(handlers=[handler], level=level, force=True)
    handler.addFilter(_ExportFailures())
    for name in ("opentelemetry", "urllib3"):
        logging.getLogger(name).setLevel(logging.ERROR)


class _ExportFailures(logging.Filter):
    """Lets a collector that is away be one line a minute, not one for every batch."""

    def __init__(self) -> None:
        super().__init__()
        self._last = float("-inf")

    def filter(self, record: logging.LogRecord) -> bool:
        if not record.name.startswith("opentelemetry."):
            return True
        now = time.monotonic()
        if now - self._last < 60:  # noqa: PLR2004 - the docstring says it
            return False
        self._last = now
        return True


def _add_identity(service: str) -> structlog.typing.Processor:
    def add(_logger: object, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
        event["service"] = service
        found = trace.get_current_span().get_span_context()
        if found.is_valid:
            event["trace_id"] = f"{found.trace_id:032x}"
            event["span_id"] = f"{found.span_id:016x}"
        return event

    return add


def _json(event: dict[str, Any], **_options: object) -> str:
    return orjson.dumps(event, default=str, option=orjson.OPT_NON_STR_KEYS).decode()
