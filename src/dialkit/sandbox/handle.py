"""Control from within a program: what the control API does, as methods of a running sandbox.

All of it is done in the sandbox's own thread, between two requests. What is refused raises `Refusal`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from datetime import datetime
    from typing import TypeVar

    from dialkit.sandbox.control.log import Request
    from dialkit.sandbox.http.app import App
    from dialkit.sandbox.world import Record, World

    T = TypeVar("T")


class Handle:
    """What a running sandbox can be told to do, and what it has seen; `Sandbox` is one."""

    if TYPE_CHECKING:  # what `Sandbox` has
        app: App
        world: World

        def run(self, work: Coroutine[Any, Any, T]) -> T: ...

    @property
    def control_token(self) -> str:
        """What a control request from another machine has to show."""
        return self.app.control.token

    @property
    def keys(self) -> dict[str, str]:
        """API keys by name: ``admin``, ``user``, ``narrow`` (no scopes), ``expired``."""
        return {row["name"]: row["token"] for row in self._do("GET", "keys")["items"]}

    @property
    def clock(self) -> Clock:
        """The sandbox's clock."""
        return Clock(self)

    @property
    def faults(self) -> FaultRules:
        """The rules by which requests and deliveries fail."""
        return FaultRules(self)

    @property
    def requests(self) -> list[Request]:
        """The requests that came in, the newest last: ``method``, ``path``, ``json``, ``status``, …"""
        return list(self.app.control.log)

    @property
    def deliveries(self) -> list[Record]:
        """What was sent, or is to be sent, to webhooks and websockets, the newest last."""
        return list(self._do("GET", "deliveries")["items"])

    @property
    def texts(self) -> list[Record]:
        """All texts, in and out, as the sandbox keeps them, the newest last."""
        return self._look(lambda world: list(world.texts))

    def inbox(self, number: str) -> list[Record]:
        """The texts that arrived at an outside number, the newest last."""
        return list(self._do("GET", f"inbox/{_segment(number)}")["items"])

    def text_in(self, from_number: str, to_number: str, text: str, *, media: bytes | None = None) -> Record:
        """Somebody outside texts a number of the company; the text's record."""
        from base64 import b64encode

        body = {"from": from_number, "to": to_number, "text": text}
        more = {} if media is None else {"media": b64encode(media).decode()}
        return dict(self._do("POST", "texts", {**body, **more}))

    def call_in(
        self,
        from_number: str,
        to_number: str,
        *,
        hangup_after: float | str | None = None,
        missed: bool = False,
        voicemail: str | None = None,
        sound: bytes | None = None,
    ) -> Record:
        """Somebody outside calls a number of the company; the call's record.

        `hangup_after`: seconds, or such as ``"30s"``, until the caller hangs up. `missed`: nobody answers.
        `voicemail`: what the caller says to the voicemail; `sound`: the WAV or MP3 file of it.
        """
        from base64 import b64encode

        body = {"from": from_number, "to": to_number, "hangup_after": hangup_after, "voicemail": voicemail}
        given = {name: value for name, value in body.items() if value is not None}
        given |= {} if sound is None else {"sound": b64encode(sound).decode()}
        return dict(self._do("POST", "calls", {**given, **({"missed": True} if missed else {})}))

    def answer(self, call_id: int | str, user: int | str | None = None) -> Record:
        """The user who is rung, or the one named (an id or an address), answers; the call's record."""
        return dict(self._do("POST", f"calls/{call_id}/answer", {} if user is None else {"user": user}))

    def hang_up(self, call_id: int | str) -> Record:
        """End a call; its record."""
        return dict(self._do("POST", f"calls/{call_id}/hangup"))

    def duty(self, user: int | str, on: bool, reason: str | None = None) -> None:
        """Put an operator, an id or an address, on duty or off."""
        self._do("POST", "duty", {"user": user, "on": on, **({"reason": reason} if reason else {})})

    def switch(self, name: str, choice: str) -> None:
        """Choose a behaviour, see `dialkit.sandbox.switches`."""
        self._do("POST", "switches", {name: choice})

    def snapshot(self, name: str) -> None:
        """Keep the world as it is under a name."""
        self._do("POST", "snapshots", {"name": name})

    def restore(self, name: str) -> None:
        """Be again as at a snapshot."""
        self._do("POST", f"snapshots/{_segment(name)}/restore")

    def diff(self, before: str, after: str = "now") -> list[Record]:
        """What differs: a row with ``table``, ``key``, ``before`` and ``after`` for each record."""
        return list(self._do("GET", "diff", query={"before": before, "after": after})["items"])

    def reset(self) -> None:
        """Be as at the start, and forget what was asked and which faults were added."""
        self._do("POST", "reset")

    def advance(self, seconds: float | str) -> None:
        """Set the clock on; all that is due until then happens, in order."""
        self.clock.advance(seconds)

    def _do(self, method: str, path: str, body: Any = None, query: dict[str, Any] | None = None) -> Any:
        return self.run(self.app.control.do(method, path, body, query))

    def _look(self, look: Callable[[World], T]) -> T:
        async def work() -> T:
            with self.app.engine.moment():
                return look(self.world)

        return self.run(work())


class Clock:
    """The clock of a sandbox: it runs with real time, or stands still, and can be set on."""

    def __init__(self, of: Handle) -> None:
        self._of = of

    @property
    def now(self) -> datetime:
        """What it shows, in UTC."""
        from datetime import UTC, datetime

        return datetime.fromtimestamp(self._of.world.clock_time(), UTC)

    @property
    def frozen(self) -> bool:
        """Whether it stands still."""
        return self._of.world.frozen

    def advance(self, by: float | str) -> None:
        """Set it on by seconds, or such as ``"3h"``; all that is due until then happens, in order."""
        self._of._do("POST", "clock", {"advance": by})

    def set(self, moment: float | str | datetime) -> None:
        """Set it on to a moment: ISO 8601 (UTC without a zone), epoch seconds, or a `datetime`."""
        at = moment if isinstance(moment, float | int | str) else moment.isoformat()
        self._of._do("POST", "clock", {"at": at})

    def freeze(self) -> None:
        """Stop it."""
        self._of._do("POST", "clock", {"freeze": True})

    def run(self) -> None:
        """Let it run."""
        self._of._do("POST", "clock", {"run": True})


class FaultRules:
    """The fault rules of a sandbox."""

    def __init__(self, of: Handle) -> None:
        self._of = of

    def add(self, **rule: Any) -> Record:
        """Add a rule, such as ``operation="sms.send", status=503, count=1``; as it is listed, with an id."""
        return dict(self._of._do("POST", "faults", rule))

    def remove(self, rule_id: int | str) -> None:
        """Take a rule away."""
        self._of._do("DELETE", f"faults/{rule_id}")

    def list(self) -> list[Record]:
        """All rules, each with how often it matched and happened."""
        return list(self._of._do("GET", "faults")["items"])

    def clear(self) -> None:
        """Take all rules away."""
        self._of._do("DELETE", "faults")


def _segment(text: str) -> str:
    from urllib.parse import quote

    return quote(text, safe="+")
