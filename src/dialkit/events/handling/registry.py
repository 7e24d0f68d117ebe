"""Which functions are for which events, typed: checkers know what a handler of ``sms.received`` is given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypedDict, TypeVar, overload

from dialkit.errors import InvalidArgument
from dialkit.events import names
from dialkit.events.handling.handlers import PREFIX, Handler

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable
    from typing import Literal, Unpack

    from dialkit.webhooks import (
        AgentStatusEvent,
        AnyEvent,
        CallEvent,
        ChangeLogEvent,
        ChannelEvent,
        ContactEvent,
        FaxEvent,
        SmsEvent,
        UnknownEvent,
    )

    AnyName = (
        names.SmsName
        | names.CallName
        | names.ContactName
        | names.AgentStatusName
        | names.ChangeLogName
        | names.ChannelName
        | names.FaxName
        | names.UnknownName
        | Literal["*"]
    )

OnSms = TypeVar("OnSms", bound="Callable[[SmsEvent], object]")
OnCall = TypeVar("OnCall", bound="Callable[[CallEvent], object]")
OnContact = TypeVar("OnContact", bound="Callable[[ContactEvent], object]")
OnStatus = TypeVar("OnStatus", bound="Callable[[AgentStatusEvent], object]")
OnChange = TypeVar("OnChange", bound="Callable[[ChangeLogEvent], object]")
OnChannel = TypeVar("OnChannel", bound="Callable[[ChannelEvent], object]")
OnFax = TypeVar("OnFax", bound="Callable[[FaxEvent], object]")
OnUnknown = TypeVar("OnUnknown", bound="Callable[[UnknownEvent], object]")
OnAny = TypeVar("OnAny", bound="Callable[[AnyEvent], object]")

WITHIN = 60.0  # seconds that a handler may take
AT_ONCE = 8  # calls of one handler at a time
LONGEST = 86_400.0  # seconds


class How(TypedDict, total=False):
    """How a handler is called; see `Registry.on`."""

    called: str
    within: float
    at_once: int


class Registry:
    """Handlers by their names. `name` goes before each."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._handlers: dict[str, Handler] = {}
        self._begun = False
        self._home: asyncio.AbstractEventLoop | None = None  # of the program's server

    # One row for each type of events: what checkers and editors know of the handler's argument.
    @overload
    def on(
        self, name: names.SmsName, /, *more: names.SmsName, **how: Unpack[How]
    ) -> Callable[[OnSms], OnSms]: ...
    @overload
    def on(
        self, name: names.CallName, /, *more: names.CallName, **how: Unpack[How]
    ) -> Callable[[OnCall], OnCall]: ...
    @overload
    def on(
        self, name: names.ContactName, /, *more: names.ContactName, **how: Unpack[How]
    ) -> Callable[[OnContact], OnContact]: ...
    @overload
    def on(self, name: names.AgentStatusName, /, **how: Unpack[How]) -> Callable[[OnStatus], OnStatus]: ...
    @overload
    def on(self, name: names.ChangeLogName, /, **how: Unpack[How]) -> Callable[[OnChange], OnChange]: ...
    @overload
    def on(self, name: names.ChannelName, /, **how: Unpack[How]) -> Callable[[OnChannel], OnChannel]: ...
    @overload
    def on(self, name: names.FaxName, /, **how: Unpack[How]) -> Callable[[OnFax], OnFax]: ...
    @overload
    def on(self, name: names.UnknownName, /, **how: Unpack[How]) -> Callable[[OnUnknown], OnUnknown]: ...
    @overload
    def on(self, name: AnyName, /, *more: AnyName, **how: Unpack[How]) -> Callable[[OnAny], OnAny]: ...

    def on(self, name: str, /, *more: str, **how: Unpack[How]) -> Callable[[Any], Any]:
        """Have a function called with each event of these names; a decorator, which gives the function back.

        Parameters:
            name, more: such as ``sms.received``; ``sms.*`` and ``*`` stand for all of them. See
                `dialkit.events.names`.
            called: what the handler is called in the store; the function's name if left out. After a
                change of it, work that waits under the old name is done by nobody.
            within: seconds that one call may take, 60 if left out. An async function is cancelled then; a
                sync one goes on in its thread, and the call counts as failed all the same.
            at_once: how many calls may be under way at a time, 8 if left out.

        The function takes the event in its type (`dialkit.webhooks`), and may be async. What it returns is
        not looked at; any exception is a failure.

        Raises `InvalidArgument` for an unknown name, for a handler of the same name, and for what cannot be
        called with an event.
        """
        if not all(isinstance(each, str) for each in (name, *more)):
            raise InvalidArgument("on: names of events are expected", hint='@app.on("sms.received")')
        if unknown := how.keys() - How.__annotations__:
            hint = "there are " + ", ".join(How.__annotations__)
            raise InvalidArgument(f"on: {unknown.pop()!r} is not known", hint=hint)
        patterns = [names.known(each) for each in (name, *more)]
        within, at_once = how.get("within", WITHIN), how.get("at_once", AT_ONCE)
        if not (_is_number(within) and 0 < within <= LONGEST and isinstance(at_once, int) and at_once > 0):
            raise InvalidArgument(
                "within is seconds, a day at the most, and at_once a number of calls; more than 0",
                hint="leave them out",
            )

        def add(function: Any) -> Any:
            from inspect import isasyncgenfunction, isgeneratorfunction

            if not callable(function) or isgeneratorfunction(function) or isasyncgenfunction(function):
                raise InvalidArgument(
                    f"{function!r:.80} cannot handle events: calling it does nothing",
                    hint="a function without yield, async or not",
                )
            own = how.get("called") or str(getattr(function, "__name__", type(function).__name__))
            own = f"{self._name}.{own}" if self._name else own
            if PREFIX + own in self._handlers:
                raise InvalidArgument(
                    f"there is a handler {own} already", hint="@app.on(…, called='another')"
                )
            if self._begun:
                hint = "add handlers before it starts"
                raise InvalidArgument(f"{own}: the app is running already", hint=hint)
            self._handlers[PREFIX + own] = Handler(
                function, patterns, own, at_once=at_once, within=within, home=lambda: self._home
            )
            return function

        return add


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
