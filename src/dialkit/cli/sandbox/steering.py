"""Commands on the whole of a running sandbox: its clock, copies of it, its behaviours, its faults."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dialkit.cli.sandbox.asking import URL, find, segment
from dialkit.cli.subcommands import columns, parse, showing, unknown
from dialkit.errors import InvalidArgument

if TYPE_CHECKING:
    from dialkit.cli.app import App

NAME = (("name",), {"metavar": "NAME"})


def clock(app: App, argv: list[str]) -> int:
    """Show the clock, or set it."""
    flags = [((f"--{name}",), {"action": "store_true"}) for name in ("freeze", "run")]
    values = [((f"--{name}",), {"metavar": word}) for name, word in (("at", "TIME"), ("advance", "LENGTH"))]
    options, found = parse(app, "sandbox clock", argv, URL, *flags, *values)
    view = showing(app, options)
    names = ("at", "advance", "freeze", "run")
    body = {name: getattr(found, name) for name in names if getattr(found, name)}
    remote = find(app, found.url)
    view.data(remote.ask("POST", "clock", body) if body else remote.ask("GET", "clock"))
    return 0


def snapshot(app: App, argv: list[str]) -> int:
    """Keep the world under a name, let a copy go, or list all."""
    name = (("name",), {"metavar": "NAME", "nargs": "?"})
    delete = (("--delete",), {"action": "store_true"})
    options, found = parse(app, "sandbox snapshot", argv, URL, name, delete)
    view = showing(app, options)
    if found.name is None and found.delete:
        raise InvalidArgument("which snapshot?", hint="dialpad sandbox snapshot lists them")
    remote = find(app, found.url)
    if found.name is None:
        view.data(remote.ask("GET", "snapshots")["items"])
    elif found.delete:
        remote.ask("DELETE", f"snapshots/{segment(found.name)}")
        app.tell(f"{found.name} is gone")
    else:
        remote.ask("POST", "snapshots", {"name": found.name})
        app.tell(f"kept as {found.name}; to go back: dialpad sandbox restore {found.name}")
    return 0


def restore(app: App, argv: list[str]) -> int:
    """Be again as at a snapshot."""
    _, found = parse(app, "sandbox restore", argv, URL, NAME, takes=())
    find(app, found.url).ask("POST", f"snapshots/{segment(found.name)}/restore")
    app.tell(f"as at {found.name}")
    return 0


def reset(app: App, argv: list[str]) -> int:
    """Be as at the start."""
    _, found = parse(app, "sandbox reset", argv, URL, takes=())
    find(app, found.url).ask("POST", "reset")
    app.tell("as at the start")
    return 0


def diff(app: App, argv: list[str]) -> int:
    """What differs between two snapshots, or one and now."""
    names = [(("before",), {"metavar": "A"}), (("after",), {"metavar": "B", "nargs": "?", "default": "now"})]
    options, found = parse(app, "sandbox diff", argv, URL, *names)
    view = showing(app, options)
    query = {"before": found.before, "after": found.after}
    view.data(find(app, found.url).ask("GET", "diff", query=query)["items"])
    return 0


def switches(app: App, argv: list[str]) -> int:
    """Behaviours that can be chosen: those of the running sandbox, else all with their defaults."""
    words = (("words",), {"metavar": "NAME=CHOICE", "nargs": "*"})
    options, found = parse(app, "sandbox switches", argv, URL, words)
    view = showing(app, options)
    if found.words:
        chosen = _pairs(found.words, "NAME=CHOICE", "dialpad sandbox switches retry-after=on")
        rows = find(app, found.url).ask("POST", "switches", chosen)["items"]
    elif found.url or app.environ.get("DIALPAD_BASE_URL"):
        rows = find(app, found.url).ask("GET", "switches")["items"]
    else:
        from dialkit.sandbox.switches import SWITCHES

        rows = [
            {"name": name, "chosen": row.choices[0], "choices": list(row.choices), "about": row.about}
            for name, row in SWITCHES.items()
        ]
    view.data(rows)
    return 0


def fault(app: App, argv: list[str]) -> int:
    """Add, list and remove rules by which things fail."""
    word = (("word",), {"metavar": "add|list|remove|clear"})
    more = (("more",), {"nargs": "*"})
    options, found = parse(app, "sandbox fault", argv, URL, word, more)
    view = showing(app, options)
    if found.word not in FAULTS:
        raise unknown("dialpad sandbox fault has no subcommand", found.word, FAULTS)
    method, least, most, usage = FAULTS[found.word]
    if not least <= len(found.more) <= most:
        raise InvalidArgument(f"dialpad sandbox fault {found.word} takes {usage or 'nothing'}", hint=EXAMPLE)
    body = _pairs(found.more, "NAME=VALUE") if found.word == "add" else None
    path = f"faults/{segment(found.more[0])}" if found.word == "remove" else "faults"
    told = find(app, found.url).ask(method, path, body)
    if found.word == "list":
        rest = {name for rule in told["items"] for name in rule if name not in (*RULE, *COUNTS)}
        columns(view, (*RULE, *sorted(rest), *COUNTS))
    view.data(told.get("items", told))
    return 0


def fields_of_rules() -> list[tuple[str, str]]:
    """What a rule may say, for its help."""
    from dialkit.sandbox.faults.fields import FIELDS

    return [(name, field.about) for name, field in FIELDS.items()]


# Columns of a table of rules: before what they say, and after.
RULE, COUNTS = ("id", "operation"), ("matched", "happened", "spent", "from")
EXAMPLE = "dialpad sandbox fault add operation=sms.send status=503 count=1"
# Subcommand: method, how many words it takes, what they are.
FAULTS: dict[str, tuple[str, int, int, str]] = {
    "add": ("POST", 1, 40, "NAME=VALUE, such as operation=sms.send status=503"),
    "list": ("GET", 0, 0, ""),
    "remove": ("DELETE", 1, 1, "the ID of a rule"),
    "clear": ("DELETE", 0, 0, ""),
}


def _pairs(words: list[str], form: str, example: str = "") -> dict[str, Any]:
    """Names and values; a name given twice has a list of values."""
    pairs: dict[str, Any] = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not (name and equals):
            raise InvalidArgument(f"{word[:40]!r} is not {form}", hint=example or EXAMPLE)
        pairs[name] = [*_listed(pairs[name]), value] if name in pairs else value
    return pairs


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
