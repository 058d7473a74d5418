"""Export, begun and ended."""

import importlib
import os
import threading
import time
from collections.abc import Callable

from prost._imports import without
from prost.settings import Settings
from prost.telemetry._logs import configure_logs
from prost.telemetry._traces import sampling

__all__ = ["preload", "setup", "shutdown"]

_STOP_TIMEOUT = 2.5

_stops: list[Callable[[], object]] = []


def setup(settings: Settings) -> None:
    """Configure logs, and export when OTEL_EXPORTER_OTLP_ENDPOINT names a collector. Once, after the fork.

    OTEL_TRACES_SAMPLER_ARG is the share of requests traced where no caller decided; unset it is 1, and 0.05
    in production.
    """
    configure_logs(settings)
    if not _is_wanted() or _stops:
        return
    preload()
    from prost.telemetry._export import start_export  # noqa: PLC0415 - 10 MB, for nothing without a collector

    default_ratio = 0.05 if settings.env == "production" else 1.0
    sampling.ratio = float(os.environ.get("OTEL_TRACES_SAMPLER_ARG") or default_ratio)
    _stops.extend(start_export(settings, sampling.ratio))
    sampling.exporting = True


def preload() -> None:
    """Import what export needs where it is wanted, so that processes forked from this one share it."""
    if _is_wanted():
        # Describes a process in ways that nobody asks for here.
        with without("psutil"):
            importlib.import_module("prost.telemetry._export")


def _is_wanted() -> bool:
    disabled = os.environ.get("OTEL_SDK_DISABLED", "").lower() == "true"
    return not disabled and bool(os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT"))


def shutdown() -> None:
    """Send what is left and stop exporting. Takes at most 2.5 s, whatever the collector does."""
    sampling.exporting = False
    threads = [threading.Thread(target=stop, daemon=True) for stop in _stops]
    _stops.clear()
    deadline = time.monotonic() + _STOP_TIMEOUT
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(0.0, deadline - time.monotonic()))
