"""HTTP for a service: an application made of declared operations."""

from prost.http.app import RouteError, ServiceApp, create_app
from prost.http.browsers import CrossSiteRequest, PrivateCookie, redirect
from prost.http.caching import PublicCache, etag_of, require_match
from prost.http.declaration import operation
from prost.http.dependencies import Dependency, DependencyState
from prost.http.pages import decode_page_token, encode_page_token
from prost.http.types import MoneyIn, MoneyOut

__all__ = [
    "CrossSiteRequest",
    "Dependency",
    "DependencyState",
    "MoneyIn",
    "MoneyOut",
    "PrivateCookie",
    "PublicCache",
    "RouteError",
    "ServiceApp",
    "create_app",
    "decode_page_token",
    "encode_page_token",
    "etag_of",
    "operation",
    "redirect",
    "require_match",
]
