"""All fault rules of one sandbox: from a file, added while it runs, and for a single request."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from dialkit.sandbox.faults.fields import EFFECTS, FIELDS, BadRule, check
from dialkit.sandbox.faults.rules import PACE, Rule
from dialkit.sandbox.wire import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from dialkit.sandbox.faults.rules import Asked
    from dialkit.sandbox.world import Record, World

HEADER = "x-dialkit-fault"  # its value: ``status=503; latency=0.2``, effects for this one request
LATE = 30.0  # seconds on the sandbox's clock, where a rule does not say how late
# A piece of the header: a name, and a value that may be quoted.
PIECE = re.compile(r'\s*(\w+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;]*?))\s*(?:;|$)')


class Faults:
    """Rules in order. They are no part of the world: a snapshot holds none, and a restore leaves them.

    Every rule with an effect on pace (`latency`, `slow_body`) happens; of the others only the first that
    matches and is not spent.
    """

    def __init__(self, world: World) -> None:
        self.world = world
        self._rules: list[Rule] = []
        self._last = 0

    def __len__(self) -> int:
        return len(self._rules)

    def add(self, given: Any, source: str = "added") -> Record:
        """A new rule, the last of all; as it is listed. Raises `BadRule`."""
        rule = Rule(self._last + 1, check(given), source)
        self._last += 1
        self._rules.append(rule)
        return rule.as_dict()

    def remove(self, number: object) -> Record:
        """Take a rule away; as it was. Raises `Refusal` 404."""
        for rule in self._rules:
            if str(rule.id) == str(number):
                self._rules.remove(rule)
                return rule.as_dict()
        raise Refusal(404, f"No fault rule has the id {str(number)[:80]}.")

    def clear(self) -> None:
        """Take all rules away, those of the file too."""
        self._rules.clear()

    def list(self) -> list[Record]:
        """All rules, each with how often it matched and happened."""
        return [rule.as_dict() for rule in self._rules]

    def reset(self) -> None:
        """As at the start: those that were added go, those of the file count anew."""
        self._rules = [rule for rule in self._rules if rule.source != "added"]
        for rule in self._rules:
            rule.rewind()
        self._last = max((rule.id for rule in self._rules), default=0)

    def choose(self, asked: Asked, own: Record) -> Record:
        """What is to happen to a request: effects and their values, of all rules together.

        `own`: those that its header asked for, which come first.
        """
        return self._gather(lambda rule: rule.wants(asked), own)

    def delivery(self, delivery: Record) -> Record | None:
        """What is to happen to a delivery, None for nothing.

        ``{"lost": True}``, ``{"late": seconds}``, ``{"duplicate": times}`` or ``{"reorder": True}``.
        """
        found = self._gather(lambda rule: rule.wants_delivery(delivery), {}) if self._rules else {}
        if not found:
            return None
        kind = found["webhook"]
        value = {"late": found.get("seconds", LATE), "duplicate": found.get("times", 2)}.get(kind, True)
        return {kind: value}

    def _gather(self, wants: Callable[[Rule], bool], found: Record) -> Record:
        decided = any(name not in PACE for name in found)
        for rule in self._rules:
            if wants(rule) and not (rule.decides and decided) and rule.happens(self.world):
                found = {**rule.effects, **found}
                decided = decided or rule.decides
        return found


def of_header(text: str) -> Record:
    """The effects that a request's own header asks for. Raises `BadRule`."""
    given: dict[str, Any] = {}
    place = 0
    text = text.strip().rstrip(";")
    while place < len(text):
        piece = PIECE.match(text, place)
        if piece is None:
            raise BadRule(
                f"{HEADER}: {text[place:][:80]!r} is not of the form name=value; name=value.", HEADER
            )
        name, quoted, plain = piece.groups()
        if name not in EFFECTS:
            known = "belongs to a rule" if name in FIELDS else "is not known"
            raise BadRule(f"{HEADER}: {name[:80]} {known}; there are {', '.join(EFFECTS)}.", HEADER)
        given[name] = plain if quoted is None else re.sub(r"\\(.)", r"\1", quoted)
        place = piece.end()
    try:
        return check(given) if given else {}
    except BadRule as error:
        raise BadRule(f"{HEADER}: {error.message}", HEADER) from None
