"""All providers of outside accounts, and the threads in which they are called."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from prost_auth.domain.external import ProviderNotFound
from prost_auth.external.client import ExternalClient
from prost_auth.keys import KeyRing

__all__ = ["ExternalClients"]

T = TypeVar("T")

_THREADS = 4


class ExternalClients:
    """The providers of the settings. A dependency of the process, which does not need them to work.

    They have threads of their own: one that hangs keeps nothing else of the process from its work.
    """

    name = "external-providers"
    required = False

    def __init__(self, ring: KeyRing) -> None:
        """Know them."""
        configured = ring.settings.external_providers
        self.clients = {
            name: ExternalClient(name, config, f"{ring.issuer}/external/{name}/callback")
            for name, config in configured.items()
        }
        self._threads: ThreadPoolExecutor | None = None

    def get(self, provider: str) -> ExternalClient:
        """Return one. Raises ProviderNotFound."""
        try:
            return self.clients[provider]
        except KeyError:
            raise ProviderNotFound("Nobody can sign in here with accounts of this provider.") from None

    async def call(self, work: Callable[[], T]) -> T:
        """Do what blocks on a provider's network."""
        if self._threads is None:
            self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="external")
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    async def start(self) -> None:
        """Call nobody: a provider that is away keeps nothing from starting."""

    async def stop(self) -> None:
        """Let go of the threads."""
        if self._threads is not None:
            self._threads.shutdown(wait=False, cancel_futures=True)

    async def check(self) -> None:
        """Return always: probes must not call others."""
