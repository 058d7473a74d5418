"""How a step goes on: what it says is asked of the provider, what the provider tells is entered, to the end.

No transaction is open while the provider is asked. Whoever dies on the way leaves an attempt behind that
somebody else takes up, under the same key.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, ParamSpec

import structlog

from prost.db import in_db
from prost.faults import fault_point
from prost_payments.domain import Call, Kind, NoAnswer, Outcome, Told
from prost_payments.providers import Provider
from prost_payments.use_cases.incoming import process_events
from prost_payments.use_cases.steps import Step, settle, take_due

log = structlog.get_logger(__name__)

EVENTS_AT_ONCE: Final = 100
CALLS_AT_ONCE: Final = 20

P = ParamSpec("P")


def ask(provider: Provider, call: Call) -> Outcome:
    """Have the provider do what a call says, or find out what became of it."""
    fault_point("payments.before-provider")
    try:
        outcome = _ask(provider, call)
    except NoAnswer as silence:
        log.warning("provider_silent", kind=call.kind, key=call.key, reason=str(silence))
        return Outcome(Told.UNKNOWN)
    fault_point("payments.after-provider")
    if outcome.told is Told.FAILED and call.kind in {Kind.VOID, Kind.REFUND}:
        log.error("provider_refused", kind=call.kind, key=call.key, failure_code=outcome.failure_code)
    return outcome


def _ask(provider: Provider, call: Call) -> Outcome:
    match call.kind:
        case Kind.AUTHORIZE:
            known = provider.retrieve(call) if call.is_repeated else None
            # What never came there is sent again, and under its key no harm is done if it did come.
            return known or provider.authorize(call)
        case Kind.CAPTURE:
            return provider.capture(call)
        case Kind.VOID:
            return provider.void(call)
        case Kind.REFUND:
            return provider.refund(call)
        case Kind.LOOK_UP:
            return provider.retrieve(call) or Outcome(Told.UNKNOWN)


def go_on(provider: Provider, step: Step) -> Step:
    """Do what a step and those that follow from it ask for, and return the last."""
    while step.call is not None:
        call = step.call
        step = settle(call, ask(provider, call), provider.lease)
        if call.kind is Kind.CAPTURE:
            fault_point("payments.after-capture")
    return step


def reconcile(provider: Provider) -> None:
    """Act on what the provider has announced, and go on with what stands still."""
    process_events(provider.name, EVENTS_AT_ONCE)
    for step in take_due(provider.name, provider.lease, CALLS_AT_ONCE):
        try:
            done = go_on(provider, step)
        except Exception:
            # It is due again after its lease, and must not keep the others from theirs.
            log.exception("payment_stands_still", payment_id=str(step.document["payment_id"]))
        else:
            document = done.document
            log.info("payment_reconciled", payment_id=str(document["payment_id"]), state=document["state"])


class Flows:
    """Runs steps for requests, without holding up their event loop. A dependency of the process."""

    name = "provider"
    required = False

    def __init__(self, provider: Provider, threads: int) -> None:
        """Ask a remote provider in so many threads of its own."""
        self.provider = provider
        self._threads = threads
        self._pool: ThreadPoolExecutor | None = None

    async def start(self) -> None:
        """Make the threads."""
        if self.provider.is_remote:
            self._pool = ThreadPoolExecutor(self._threads, thread_name_prefix="prost-provider")

    async def stop(self) -> None:
        """Let what is under way finish: each call of a provider has an end."""
        pool, self._pool = self._pool, None
        if pool is not None:
            await asyncio.to_thread(pool.shutdown)

    async def check(self) -> None:
        """Ask nothing: a provider that is away is met by attempts that stay open."""

    async def run(self, begin: Callable[P, Step], *args: P.args, **kwargs: P.kwargs) -> Step:
        """Begin, and go on to the end."""
        if self._pool is None:

            def to_the_end() -> Step:
                return go_on(self.provider, begin(*args, **kwargs))

            return await in_db(to_the_end)
        step = await in_db(begin, *args, **kwargs)
        loop = asyncio.get_running_loop()
        while step.call is not None:
            call = step.call
            outcome = await loop.run_in_executor(self._pool, ask, self.provider, call)
            step = await in_db(settle, call, outcome, self.provider.lease)
            if call.kind is Kind.CAPTURE:
                fault_point("payments.after-capture")
        return step
