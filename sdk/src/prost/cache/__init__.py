"""Bytes kept close to the request, and rates kept in check, over a Redis that may be gone at any time."""

from prost.cache._bytes import ByteCache
from prost.cache._link import Down, Link, url_of
from prost.cache._rates import RateLimiter, Verdict
from prost.cache._remote import invalidate
from prost.spec import Rate

__all__ = ["ByteCache", "Down", "Link", "Rate", "RateLimiter", "Verdict", "invalidate", "url_of"]
