"""What the sync and the async client share: everything but waiting and sending."""

from __future__ import annotations

import os
from _thread import allocate_lock
from typing import TYPE_CHECKING, Any, Literal, NoReturn, Self, overload

from dialkit.catalog import Catalog, Operation, UnknownName
from dialkit.client.clock import Clock
from dialkit.client.exchange import Policy, exchange
from dialkit.client.lazily import lazily
from dialkit.client.request import Request, build, raw
from dialkit.client.settings import Settings
from dialkit.errors import InvalidArgument, OutcomeUnknown, Refused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import Unpack

    from dialkit.client.exchange import Retry
    from dialkit.client.limits import Limiter
    from dialkit.client.settings import Options


WITHOUT_DRY_RUN = "send it with dp.with_options(dry_run=False)"
MOST_REACHES = 16  # timeouts that are kept connections for: `timeout=left` is another one each time
AFTER_FORK = "use no client before the fork, or start processes with 'spawn'"


def jitter() -> float:
    """A number from 0 to 1, so that those who failed together do not try again together."""
    import random

    return random.random()  # noqa: S311 - guards nothing


class Shared:
    """What a client and its copies with other options have in common: connections, limiter, a lock."""

    __slots__ = ("guard", "limiter", "process", "transports", "twin")

    def __init__(self) -> None:
        self.guard = allocate_lock()
        self.limiter: Limiter | None = None
        self.transports: dict[Any, Any] = {}  # by timeouts, which are a transport's own
        self.process = 0
        self.twin: Shared | None = None  # of the blocking client that an async one has its workflows run on

    def emptied(self) -> list[Any]:
        """The transports, taken out to be closed; limiter and twin are closed here."""
        if self.limiter is not None:
            self.limiter.close()
        for transport in self.twin.emptied() if self.twin is not None else ():
            transport.close()
        with self.guard:
            found, self.transports = list(self.transports.values()), {}
        return found


class Base:
    """A client that can neither wait nor send; `Dialpad` and `AsyncDialpad` can."""

    def __init__(
        self,
        api_key: str | None = None,
        *,
        settings: Settings | None = None,
        catalog: Catalog | None = None,
        policy: Policy | None = None,
        clock: Clock | None = None,
        max_retries: int | None = None,
        timeout: float | None = None,
        on_retry: Callable[[Retry], None] | None = None,
        limiter: Literal["shared"] | None = "shared",
        dry_run: bool = False,
        strict: bool = False,
        **options: Unpack[Options],
    ) -> None:
        if settings is not None and (api_key is not None or options):
            raise InvalidArgument(
                f"settings are given, and also {', '.join(options) or 'api_key'}",
                hint="leave out one of the two; Settings.find takes all of them",
            )
        self.settings = settings or Settings.find(api_key, **options)
        self.catalog = catalog or Catalog(overlay=self.settings.overlay)
        self.policy = policy or Policy()
        self.clock = clock or Clock()
        self.limited = True
        self.dry_run = dry_run
        self.strict = strict
        self._shared = Shared()
        self._adjust(max_retries, timeout, on_retry, limiter)

    def _adjust(
        self,
        max_retries: int | None,
        timeout: float | None,
        on_retry: Callable[[Retry], None] | None,
        limiter: str | None,
    ) -> None:
        if limiter != "same":
            if limiter not in ("shared", None):  # another word must not switch it off
                raise InvalidArgument(f"limiter is {limiter!r}", hint='limiter="shared", or limiter=None')
            self.limited = limiter == "shared"
        if max_retries is not None:
            if not isinstance(max_retries, int) or max_retries < 0:
                raise InvalidArgument(f"max_retries is {max_retries!r}", hint="0 never repeats a request")
            self.policy = self.policy._replace(max_retries=max_retries)
        if on_retry is not None:
            self.policy = self.policy._replace(on_retry=on_retry)
        if timeout is not None:
            if not isinstance(timeout, int | float) or not 0 < timeout < float("inf"):
                raise InvalidArgument(f"timeout is {timeout!r}", hint="give seconds, such as timeout=10")
            self.settings = self.settings.with_timeout(timeout)

    @overload
    def with_options(
        self,
        *,
        dry_run: Literal[True],
        max_retries: int | None = None,
        timeout: float | None = None,
        on_retry: Callable[[Retry], None] | None = None,
        limiter: Literal["shared"] | None = ...,
        strict: bool | None = None,
    ) -> Any: ...
    @overload
    def with_options(
        self,
        *,
        dry_run: Literal[False] | None = None,
        max_retries: int | None = None,
        timeout: float | None = None,
        on_retry: Callable[[Retry], None] | None = None,
        limiter: Literal["shared"] | None = ...,
        strict: bool | None = None,
    ) -> Self: ...
    @overload
    def with_options(
        self,
        *,
        dry_run: bool | None,
        max_retries: int | None = None,
        timeout: float | None = None,
        on_retry: Callable[[Retry], None] | None = None,
        limiter: Literal["shared"] | None = ...,
        strict: bool | None = None,
    ) -> Any: ...
    def with_options(
        self,
        *,
        dry_run: bool | None = None,
        max_retries: int | None = None,
        timeout: float | None = None,
        on_retry: Callable[[Retry], None] | None = None,
        limiter: Literal["shared", "same"] | None = "same",
        strict: bool | None = None,
    ) -> Any:
        """The same client with other options, for one call or many; connections and limits are shared.

        Parameters:
            dry_run: methods return the `Request` instead of sending it (so the copy is of type Any).
            max_retries: repeats of one request, beside the first attempt; 0 never repeats.
            timeout: seconds that one attempt may take.
            on_retry: told of each repeat (`Retry`) before it happens.
            limiter: ``"shared"`` waits for Dialpad's limits with all processes of the key; None does not.
            strict: raise for answers that are not as documented.

        What is left out stays as it is. Closing either closes both.
        """
        other = self.__copy__()
        other._adjust(max_retries, timeout, on_retry, limiter)
        other.dry_run = self.dry_run if dry_run is None else dry_run
        other.strict = self.strict if strict is None else strict
        return other

    def __copy__(self) -> Self:
        other = object.__new__(type(self))
        for name, value in self.__dict__.copy().items():  # other threads may be adding resources
            if not isinstance(getattr(type(self), name, None), lazily):  # which belong to one client
                other.__dict__[name] = value
        return other

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            "a client holds a key and connections, and cannot be pickled: make one in each process"
        )

    def __repr__(self) -> str:
        return f"<{type(self).__name__} at {self.settings.base_url}>"

    def operation(self, name: str | Operation) -> Operation:
        """The operation of that id. Raises `InvalidArgument` with the nearest names."""
        if isinstance(name, Operation):
            return name
        try:
            return self.catalog.operation(name)
        except UnknownName as error:
            near = ", ".join(error.suggestions)
            raise InvalidArgument(str(error), hint=f"did you mean {near}?" if near else None) from None

    def prepare(
        self,
        operation: str | Operation,
        params: Mapping[str, Any] | None = None,
        *,
        body: Any = None,
        query: Mapping[str, Any] | None = None,
    ) -> Request:
        """The request as it would leave, without sending it: what a dry run shows.

        Parameters are those of `dialkit.client.request.build`. Raises `InvalidArgument`.
        """
        request = build(
            self.operation(operation),
            params or {},
            base_url=self.settings.base_url,
            body=body,
            query=query,
            tier=self.settings.tier,
        )
        return self._addressed(request)

    def prepare_raw(
        self, method: str, path: str, *, body: Any = None, query: Iterable[tuple[str, Any]] = ()
    ) -> Request:
        """A request that no document knows; `path` starts with ``/``."""
        if (
            not path.startswith("/")
            or path.startswith("//")
            or not all("!" <= c <= "~" and c != "\\" for c in path)
        ):
            raise InvalidArgument(
                f"not a path: {path!r}", hint="write it like /api/v2/users, percent-encoded"
            )
        # URL parsers resolve these, encoded or not: what is shown would not be what is asked.
        plain = path.partition("?")[0].lower().replace("%2e", ".")
        if {".", ".."} & set(plain.split("/")):
            raise InvalidArgument(
                f"a path may not hold . or ..: {path!r}", hint="write it like /api/v2/users"
            )
        if not (method.isascii() and method.isalpha()):
            raise InvalidArgument(f"not a method of HTTP: {method!r}", hint="GET, POST, PUT, PATCH or DELETE")
        return self._addressed(raw(method.upper(), self.settings.base_url + path, body=body, query=query))

    def _addressed(self, request: Request) -> Request:
        if self.settings.company_id is not None:
            request.headers["dp-company-id"] = str(self.settings.company_id)
        return request

    def _connected(self, kind: str) -> Any:
        """The transport of that name, made when it is first needed, once for all threads."""
        shared = self._shared
        if shared.transports and shared.process != os.getpid():
            # pyreqwest's threads are not there after a fork: it would wait for them for ever.
            raise Refused("this client was used before the process forked; nothing was sent", hint=AFTER_FORK)
        reach = self.settings.reach
        transport = shared.transports.get(reach)
        if transport is not None:
            return transport
        with shared.guard:
            if reach not in shared.transports:
                from dialkit.client import transport as wire

                if len(shared.transports) >= MOST_REACHES:
                    # Whoever sends by the oldest still holds it; its connections end with the last of them.
                    del shared.transports[next(iter(shared.transports))]
                try:
                    shared.transports[reach] = self.settings.transport(getattr(wire, kind))
                    shared.process = os.getpid()
                except RuntimeError as error:  # pyreqwest's own word for the same, where it notices
                    raise Refused(f"{error}; nothing was sent", hint=AFTER_FORK) from None
            return shared.transports[reach]

    def _start(self, request: Request) -> Any:
        if self.dry_run and request.effect != "read":
            raise Refused(f"{request.name} is not sent: this client has dry_run=True", hint=WITHOUT_DRY_RUN)
        key = self.settings.secret(request)
        if key is not None and not request.url.startswith(self.settings.base_url + "/"):
            raise Refused(
                f"{request.name} is for another host than {self.settings.base_url}",
                hint="send it with the client that prepared it",
            )
        shared = self._shared
        if self.limited and shared.limiter is None and key is not None:
            with shared.guard:
                shared.limiter = shared.limiter or self.settings.limiter()
        return exchange(
            request,
            policy=self.policy,
            limiter=shared.limiter if self.limited else None,
            clock=self.clock,
            jitter=jitter,
            key=key,
            due=self.settings.due if key is not None and self.settings.renewable else None,
        ), key


def interrupted(request: Request) -> OutcomeUnknown:
    """A write was stopped from here while it was under way."""
    from dialkit.client.faults import HOW_TO_FIND_OUT

    return OutcomeUnknown(
        f"{request.name}: interrupted while it was under way; it may have been carried out",
        operation=request.name,
        hint=HOW_TO_FIND_OUT.get(request.effect, HOW_TO_FIND_OUT["write"]),
    )
