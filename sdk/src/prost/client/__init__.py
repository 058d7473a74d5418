"""Calls to other services: within a deadline, retried where that is safe, and not at all while they are down.

ProstError
├── UpstreamFailed 502
│   └── CallRefused           the other service answered with a problem of its own
├── Unavailable 503
│   └── CallFailed            it could not be reached, or failed, as often as was tried
│       └── CircuitOpen       it was not asked, since it failed so often a moment ago
└── DeadlineExceeded 504      it did not answer in time
"""

from prost.client._answers import Answer
from prost.client._breaker import CircuitBreaker
from prost.client._client import ServiceClient
from prost.client._errors import CallFailed, CallRefused, CircuitOpen

__all__ = ["Answer", "CallFailed", "CallRefused", "CircuitBreaker", "CircuitOpen", "ServiceClient"]
