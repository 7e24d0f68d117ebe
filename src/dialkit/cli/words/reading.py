"""Old parameters, read into those of today. Runs between the parser and the checks of an operation."""

from __future__ import annotations

from dialkit.catalog.model import kind, resolve
from dialkit.cli.words import table
from dialkit.cli.words.table import By
from dialkit.errors import InvalidArgument

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from dialkit.catalog import Operation
    from dialkit.cli.app import App
    from dialkit.cli.parser import Options

    To = str | dict[str, str] | By


class Turn:
    """One command while it is read: what `changes` and `steps` work on.

    `given` are texts by field, as the parser left them; `body` is that of ``--data``; `kept` holds old
    parameters that are no field, by name.
    """

    def __init__(self, app: App, operation: Operation, options: Options, given: dict[str, Any]) -> None:
        self.app, self.operation, self.options, self.given = app, operation, options, given
        self.body: dict[str, Any] = {}
        self.kept: dict[str, Any] = {}

    @property
    def dry(self) -> bool:
        """Whether no socket may be opened."""
        return self.options.dry_run or self.options.curl

    def note(self, line: str) -> None:
        """Say something about the request, where it is only shown."""
        if self.dry:
            self.app.tell(f"note: {line}")


def parameters(operation: Operation) -> dict[str, To]:
    """The old parameters of an operation that are no field of it, and what they are."""
    found: dict[str, To] = {}
    for path, name in table.IDS.items():
        if operation.path == path or operation.path.startswith(path + "/"):
            found[name] = "id"
    found.update(table.PARAMETERS.get(operation.id, {}))
    return {name: to for name, to in found.items() if operation.field(name) is None}


def arguments(operation: Operation) -> list[tuple[str, dict[str, Any]]]:
    """Flags for old parameters, each with how argparse reads it."""
    found = []
    for name, to in parameters(operation).items():
        how: dict[str, Any] = {"dest": name, "default": None}
        if isinstance(to, By) and to.switch:
            how |= {"action": "store_const", "const": "true"}
        elif (isinstance(to, By) and to.many) or (isinstance(to, str) and _is_list(operation, to)):
            how["action"] = "append"
        found.append((flag(name), how))
    return found


def read(app: App, operation: Operation, options: Options, given: dict[str, Any]) -> Turn:
    """Put what old parameters stand for into `given`. Raises `InvalidArgument`, also where both are given."""
    turn = Turn(app, operation, options, given)
    for name, to in parameters(operation).items():
        if name not in given:
            continue
        value = given.pop(name)
        became = _became(turn, name, to, value)
        for field, text in became.items():
            if given.get(field, text) != text:
                raise InvalidArgument(
                    f"{flag(name)} and {flag(field)} do not agree: {_shown(text)} and {_shown(given[field])}",
                    hint=f"leave out one of the two; {flag(name)} is an older name",
                )
            given[field] = text
        if became:
            told = " ".join(f"{flag(field)} {_shown(text)}" for field, text in became.items())
            turn.note(f"{flag(name)} stands for {told}")
    return turn


def fill(turn: Turn, body: dict[str, Any] | None) -> None:
    """Put defaults into `turn.given`, for fields given neither by flag nor in `body`.

    Raises `InvalidArgument`.
    """
    turn.body = body or {}
    _order(turn)
    for field, by in table.DEFAULTS.get(turn.operation.id, {}).items():
        if field in turn.given or field in turn.body:
            continue
        from dialkit.cli.words import changes

        text = changes.DEFAULTS[by.name](turn)
        if text is not None:
            turn.given[field] = text


def _order(turn: Turn) -> None:
    """Change two numbers round where Dialpad takes the smaller first; that is said, dry run or not."""
    near, far = table.ORDERED.get(turn.operation.id, ("", ""))
    first, second = turn.given.get(near, ""), turn.given.get(far, "")
    if first.isdecimal() and second.isdecimal() and int(first) > int(second):
        turn.given |= {near: second, far: first}
        turn.app.tell(
            f"note: sent as {flag(near)} {second} {flag(far)} {first}: Dialpad takes the nearer day first"
        )


def flag(name: str) -> str:
    """A field's name as a flag."""
    return "--" + name.replace("_", "-")


def _became(turn: Turn, name: str, to: To, value: Any) -> dict[str, Any]:
    if isinstance(to, str):
        return {to: value}
    if isinstance(to, dict):
        return {field: form.replace("{}", value) for field, form in to.items()}
    from dialkit.cli.words import changes

    return changes.PARAMETERS[to.name](turn, name, value)


def _is_list(operation: Operation, name: str) -> bool:
    field = operation.field(name)
    return field is not None and kind(resolve(field.schema, operation.schemas)) == "array"


def _shown(value: Any) -> str:
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)
