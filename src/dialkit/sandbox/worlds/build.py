"""A world from a file: each entry is carried out by the operation that makes it, so all rules hold.

What happens `then` may take time: a file that waits two days in all begins two days ago, so that it is now at
its end. What is due meanwhile (deliveries, ends of calls) happens, in order.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from dialkit.catalog.model import kind
from dialkit.sandbox.moments import seconds_of
from dialkit.sandbox.operations.company import numbers
from dialkit.sandbox.operations.messages import opt_outs
from dialkit.sandbox.people import ACTS
from dialkit.sandbox.shapes import check, read
from dialkit.sandbox.wire import Refusal
from dialkit.sandbox.worlds.sections import SECTIONS, Section

if TYPE_CHECKING:
    from collections.abc import Callable

    from dialkit.sandbox.engine import Engine
    from dialkit.sandbox.worlds.marked import Marked, Way

    Values = dict[str, Any]

# Whose numbers those of an entry become, by section.
KINDS = {
    "offices": "office",
    "users": "user",
    "rooms": "room",
    "call_centers": "callcenter",
    "departments": "department",
}
OF_AN_OFFICE = ("numbers", *(name for name in KINDS if name != "offices"))
NUMBER = ("number", "office", "status", "a2p", "a2p_campaign_id")  # what an entry of `numbers` may say
ADMIN = {"user_id": 0, "token": "", "admin": True, "admin_scopes": True, "scopes": []}


def build(engine: Engine, file: Marked) -> None:
    """Fill an empty world. Raises `BadFile`, naming line and field, for what cannot be."""
    if not isinstance(file.value, dict):
        raise file.error((), f"must hold sections: {', '.join(SECTIONS)}")
    for name in file.value:
        if name not in SECTIONS:
            raise file.error((name,), f"is no section; there are: {', '.join(SECTIONS)}")
    _Builder(engine, file).run()


class _Builder:
    """One file being carried out, and the ids of what was made, by the names it has in the file."""

    def __init__(self, engine: Engine, file: Marked) -> None:
        self.engine, self.world, self.file = engine, engine.world, file
        self.ids: dict[str, Any] = {}

    def run(self) -> None:
        self.world.pinned = self.world.now - self._waits()
        self._company()
        for name, section in SECTIONS.items():
            entries = self.file.value.get(name)
            if name == "company" or entries is None:
                continue
            if not isinstance(entries, list):
                raise self.file.error((name,), "must be a list")
            if name in OF_AN_OFFICE and not len(self.world.offices):
                raise self.file.error((name,), "needs an office; add offices: [{name: Salem}]")
            for number, entry in enumerate(entries):
                self._tried((name, number), partial(self._entry, name, section, entry, number))
        if not len(self.world.users):
            raise self.file.error((), "users: needs at least one; the first is the admin, whose the key is")

    def _entry(self, name: str, section: Section, entry: Any, number: int) -> None:
        way: Way = (name, number)
        if name in ("numbers", "opt_outs") and not isinstance(entry, dict):
            entry = {"number": str(entry)}
        if not isinstance(entry, dict):
            raise self.file.error(way, "must be a mapping of names to values")
        if name == "numbers":
            self._number(entry, way)
        elif name == "opt_outs":
            opt_outs.opt_out(self.world, self._needed(entry, "number", way))
        elif name == "then":
            self._step(entry, way)
        else:
            self._make(name, section, entry, way)

    def _company(self) -> None:
        given = self.file.value.get("company") or {}
        if not isinstance(given, dict):
            raise self.file.error(("company",), "must be a mapping of names to values")
        example = self.engine.example("company.get")
        for field in given:
            if field not in example:
                raise self.file.error(("company", field), f"is unknown; there are: {', '.join(example)}")
        self.world.companies.put({**example, "id": self.world.new_id(), **given})

    def _make(self, name: str, section: Section, entry: Values, way: Way) -> None:
        """Make one thing: what its making takes, what only a change takes, numbers, operators."""
        entry = {**entry}
        lines = self._texts(entry.pop("numbers", []), (*way, "numbers"))
        operators = self._texts(entry.pop("operators", []), (*way, "operators"))
        called = entry.pop("as", None) or entry.get(section.called)
        extra = {section.renamed[key]: entry.pop(key) for key in list(entry) if key in section.renamed}
        entry = {key: self._meant(value) for key, value in entry.items()}
        if "office" in entry:
            entry["office_id"] = self.ids.get(str(entry["office"])) or entry["office"]
            del entry["office"]
        makes = self.engine.fields(section.makes)
        changes = self.engine.fields(section.changes) if section.changes else {}
        for field in entry:
            if field not in makes and field not in changes:
                known = sorted({*makes, *changes, *section.renamed, "as"} - {"id"})
                raise self.file.error((*way, field), f"is unknown; there are: {', '.join(known)}")
        body = {**section.defaults(self.engine, self.world)}
        body |= {key: value for key, value in entry.items() if key in makes}
        answer = self._perform(section.makes, body, ADMIN)
        made = answer.get(section.within, answer) if section.within else answer
        later = {key: value for key, value in entry.items() if key not in makes}
        if later:
            self._perform(section.changes, {"id": made["id"], **later}, ADMIN)
        if called:
            self.ids[str(called)] = made["id"]
        section.finish(self.world, made["id"], extra)
        for number in lines:
            self._give(number, KINDS[name], made["id"])
        for place, operator in enumerate(operators):
            user = self.ids.get(operator)
            if user is None:
                raise self.file.error((*way, "operators", place), f"no user is called {operator!r}")
            self._perform(section.joins, {"id": made["id"], **section.member(user)}, ADMIN)

    def _perform(self, operation_id: str, values: Values, key: Values) -> Any:
        """Carry out an operation; an id goes as text where the document has it as text."""
        operation = self.engine.catalog.operation(operation_id)
        texts = {field.name for field in operation.fields if kind(field.schema) == "string"}
        given = {
            name: str(value) if name in texts and type(value) is int else value
            for name, value in values.items()
        }
        return self.engine.perform(operation_id, given, key)

    def _give(self, number: str, kind: str, target_id: int) -> None:
        record = self.world.numbers.find(number)
        if record is None:
            record = numbers.add_number(self.world, number, self.world.primary_office["id"])
        numbers.give(self.world, record, kind, target_id, primary=False)

    def _number(self, entry: Values, way: Way) -> None:
        number = self._needed(entry, "number", way)
        if numbers.e164(number) is None:
            raise self.file.error((*way, "number"), f"{number[:40]!r} is not a phone number in E.164")
        office = self.ids.get(str(entry.get("office"))) or self.world.primary_office["id"]
        if number in self.world.numbers:
            raise self.file.error((*way, "number"), f"{number} stands here twice")
        record = numbers.add_number(self.world, number, office)
        for name in entry:
            if name not in NUMBER:
                raise self.file.error((*way, name), f"is unknown; there are: {', '.join(NUMBER)}")
        told = {name: value for name, value in entry.items() if name not in ("number", "office")}
        if told:
            self.world.numbers.put({**record, **told})

    def _waits(self) -> float:
        """How many seconds the file waits in all."""
        steps = self.file.value.get("then")
        lengths = [
            (("then", number, "wait"), step["wait"])
            for number, step in enumerate(steps if isinstance(steps, list) else ())
            if isinstance(step, dict) and "wait" in step
        ]
        total = 0.0
        for way, length in lengths:
            try:
                total += seconds_of(length)
            except (TypeError, ValueError) as error:
                raise self.file.error(way, str(error)) from None
            if total > self.world.now:
                raise self.file.error(way, "begins before 1970")
        return total

    def _step(self, entry: Values, way: Way) -> None:
        """Any operation, what people do, or time that passes: ``{sms.send: {…}, as: NAME, by: USER}``."""
        names = [name for name in entry if name not in ("as", "by")]
        if len(names) != 1 or not (names[0] in (*ACTS, "wait") or names[0] in self.engine.catalog.ids):
            words = ", ".join((*ACTS, "wait"))
            raise self.file.error(
                way, f"needs one operation id, or one of {words}; got {', '.join(names) or 'none'}"
            )
        name, values = names[0], entry[names[0]] or {}
        if name == "wait":
            self.engine.pass_until(self.world.now + read(seconds_of, "wait", values or 0))
            return
        if not isinstance(values, dict):
            raise self.file.error((*way, name), "must be a mapping of names to values")
        if name in ACTS:
            answer = self._act(name, self._meant(values))
        else:
            answer = self._asked(name, values, entry, way)
        if entry.get("as") and isinstance(answer, dict):
            found = next((answer[key] for key in ("id", "call_id", "request_id") if key in answer), None)
            self.ids[str(entry["as"])] = found

    def _act(self, name: str, values: Values) -> Values:
        check(values, ACTS[name].takes)
        return ACTS[name].do(self.world, values)

    def _asked(self, operation_id: str, values: Values, entry: Values, way: Way) -> Any:
        known = self.engine.fields(operation_id)
        for field in values:
            if field not in known:
                raise self.file.error(
                    (*way, operation_id, field), f"is unknown; there are: {', '.join(known) or 'none'}"
                )
        by = self.ids.get(str(entry.get("by"))) or next((user["id"] for user in self.world.users), 0)
        return self._perform(operation_id, self._meant(values), {**ADMIN, "user_id": by})

    def _meant(self, value: Any) -> Any:
        """A value with ``$NAME`` replaced by the id of what has that name in the file."""
        if isinstance(value, dict):
            return {key: self._meant(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [self._meant(inner) for inner in value]
        if isinstance(value, str) and value.startswith("$"):
            if value[1:] not in self.ids:
                raise Refusal(400, f"nothing before this is called {value[1:]!r}")
            return self.ids[value[1:]]
        return value

    def _texts(self, value: Any, way: Way) -> list[str]:
        if not isinstance(value, list):
            raise self.file.error(way, "must be a list")
        return [str(item) for item in value]

    def _needed(self, entry: Values, name: str, way: Way) -> str:
        if not entry.get(name):
            raise self.file.error(way, f"needs {name}")
        return str(entry[name])

    def _tried(self, way: Way, work: Callable[[], None]) -> None:
        try:
            work()
        except Refusal as no:
            # A refusal begins with the field at fault; where the file has such a field, its line is named.
            field, _, rest = no.message.partition(": ")
            steps: Way = tuple(field.split(".")) if rest else ()
            entry = self.file.value[way[0]][way[1]]
            inside: Way = way
            if isinstance(entry, dict) and way[0] == "then":
                inside = (*way, *(name for name in entry if name not in ("as", "by")))
            raise self.file.error((*inside, *steps), rest if steps else no.message) from None
