"""What the completion scripts are answered: the words that can stand where one is being typed.

A choice is a word and what it is. Only the index, and the shard of the one operation that is named, are read;
nothing asks the network. The config is read where accounts or aliases may follow.
"""

from __future__ import annotations

from dialkit.catalog.model import kind, properties, resolve
from dialkit.cli.dispatch import COMMANDS, split
from dialkit.cli.options import BY_FLAG, FORMATS, TABLE, takes_alias
from dialkit.cli.words.naming import of_group
from dialkit.cli.words.table import NAMES
from dialkit.cli.workflows import WORKFLOWS, find

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from dialkit.catalog import Catalog, Field, Operation, Summary
    from dialkit.catalog.model import Schema
    from dialkit.cli.app import App

    Choice = tuple[str, str]

# Said instead of words where a file name follows: shells know files best.
FILES = [("@files", "")]
LONGEST = 70  # characters of a description beside a word


def complete(app: App, words: list[str]) -> list[Choice]:
    """The choices for the last of `words`, which are those after ``dialpad``; `FILES` where a file follows.

    Raises `DialkitError` for a config that cannot be read.
    """
    if words[:2] == ["sandbox", "run"] and "--" in words[2:-1]:
        name, *words = words[words.index("--") + 1 :]  # the command that a sandbox is put around
        if not words:
            return _fitting([("dialpad", "this command")], name)
        if name.rpartition("/")[2] != "dialpad":
            return FILES
    *done, current = words or [""]
    flag, equals, value = current.partition("=")
    if equals and flag.startswith("--"):
        found = _fitting(_after(app, done, flag, value) or (), value)
        return found if found == FILES else [(f"{flag}={word}", about) for word, about in found]
    if done and done[-1].startswith("-"):
        values = _after(app, done[:-1], done[-1], current)
        if values is not None:
            return _fitting(values, current)
    return _fitting(_words(app, done, current), current)


def drawn(shell: str, choices: Iterable[Choice]) -> str:
    """Choices as the script of a shell reads them, a line each: zsh and fish show what a word is."""
    lines = []
    for word, about in choices:
        told = _short(" ".join(about.split()))
        if shell == "zsh":
            word = word.replace("\\", "\\\\").replace(":", "\\:") + (f":{told}" if told else "")
        elif shell == "fish" and told:
            word = f"{word}\t{told}"
        lines.append(word + "\n")
    return "".join(lines)


def _short(text: str) -> str:
    """The first sentence, or as many words of it as there is room for."""
    first, _, _ = text.partition(". ")
    return first if len(first) <= LONGEST else first[: LONGEST - 1].rpartition(" ")[0] + "…"


def _fitting(choices: Iterable[Choice], current: str) -> list[Choice]:
    found = list(choices)
    return found if found == FILES else [choice for choice in found if choice[0].startswith(current)]


def _plain(words: Iterable[str]) -> list[Choice]:
    return [(word, "") for word in words]


# Values after a flag; None where the flag takes none.


def _after(app: App, done: list[str], flag: str, current: str) -> Iterable[Choice] | None:
    named = split(done)[1]
    flag = flag.replace("_", "-")
    operation = _operation(app, named)
    schema = _schema_at(operation, flag) if operation is not None else None
    if flag in OWN and named[:1] in (["contact"], ["contacts"]):
        return OWN[flag](app)
    if operation is not None and schema is not None:
        # A boolean needs no value, so what is typed may be the next flag.
        is_flag = kind(schema) == "boolean" and current.startswith("-")
        return None if is_flag else _values(app, operation, flag, schema)
    option = BY_FLAG.get(flag)
    if option is None or not option.takes_value:
        return None
    values_of = GLOBAL.get(option.flags[-1])
    return values_of(app, current) if values_of is not None else ()


def _values(app: App, operation: Operation, flag: str, schema: Schema) -> Iterator[Choice]:
    item = resolve(schema.get("items", {}), operation.schemas) if kind(schema) == "array" else schema
    if kind(schema) == "boolean":
        yield from _plain(("true", "false"))
    yield from _plain(str(value) for value in item.get("enum", ()) if value is not None)
    if schema.get("x-me"):
        yield "me", "the key's own user"
    if takes_alias(flag, kind(schema)):
        yield from aliases(app)


def _schema_at(operation: Operation, flag: str) -> Schema | None:
    """The schema of ``--state``, or of ``--to.target-type`` inside an object."""
    first, *rest = flag.removeprefix("--").replace("-", "_").split(".")
    field = operation.field(first)
    schema = field.schema if field is not None else None
    for name in rest:
        schema = properties(schema, operation.schemas).get(name) if schema is not None else None
    return resolve(schema, operation.schemas) if schema is not None else None


def accounts(app: App) -> list[Choice]:
    """The names of the accounts in the config."""
    return [(name, "an account") for name in app.config.accounts]


def aliases(app: App) -> list[Choice]:
    """The aliases in the config, and what they stand for."""
    head = "aliases."
    return [(name[len(head) :], str(value)) for name, value in app.config.items() if name.startswith(head)]


def _companies(app: App) -> list[Choice]:
    from dialkit.store.companies import names

    return [(name, "a company that is kept here") for name in names(app.environ)]


# Choices after flags of contacts: of our commands, and of operations where we know more than the document.
OWN: dict[str, Callable[[App], Iterable[Choice]]] = {
    "--company-name": _companies,
    "--scope": lambda _app: _plain(("auto", "shared", "local", "both")),
    "--report": lambda _app: FILES,
}
# Choices after a global option, by its last flag. Those that are missing take free text.
GLOBAL: dict[str, Callable[[App, str], Iterable[Choice]]] = {
    "--output": lambda _app, _current: _plain(FORMATS),
    "--account": lambda app, _current: accounts(app),
    "--data": lambda _app, current: FILES if current.startswith("@") else (),
}


# Words and flags where no value is due.


def _words(app: App, done: list[str], current: str) -> Iterator[Choice]:
    _, named, rest = split(done)
    if current.startswith("-"):
        yield from _flags(app, named, done, current)
        return
    own = _own(named)
    if own is not None:
        from dialkit.cli.completion.own import words

        yield from words(app, *own, current)
        if named[0] in COMMANDS or own[1]:
            return
    if not rest:
        more = [] if named else [(name, about) for name, (_, about) in COMMANDS.items()]
        yield from names(app.catalog, named, current, more)
    operation = _operation(app, named)
    if operation is not None:
        typed = len(named) - app.catalog.find(named)[1]
        places = [field for field in operation.fields if field.place == "path"]
        for field in places[typed : typed + 1]:
            yield from _values(app, operation, field.flag, resolve(field.schema, operation.schemas))
        if not current:
            yield from _flags(app, named, done, current)


def names(catalog: Catalog, named: list[str], current: str, more: Iterable[Choice] = ()) -> Iterator[Choice]:
    """The next word of the name of an operation: a group, a word of a short name, or an id; and `more`.

    Ids are offered once a point is typed, or where nothing else begins so: there are hundreds.
    """
    if not named:
        found = [(group.name, group.title) for group in catalog.groups.values()]
        old = dict.fromkeys(name.group for name in NAMES)
        found += [(group, "older names") for group in old if group not in catalog.groups]
        ids = [(row.id, row.summary) for row in catalog.ids.values()]
    else:
        group = catalog.groups.get(named[0])
        rows = group.operations if group is not None else ()
        found = list(_next_words(rows, named[1:]).items())
        ids = [(name, row.summary) for row in rows for name in _spellings(row)] if len(named) == 1 else []
        if len(named) == 1:
            ids += [(name.name, name.about) for name in of_group(named[0])]
    if len(named) < 2:
        known = [word for word, _ in found]
        found += [choice for choice in _tasks(named) if choice[0] not in known]
    found += more
    yield from found
    if current and ("." in current or not any(word.startswith(current) for word, _ in found)):
        yield from (choice for choice in ids if choice not in found)


def _next_words(rows: Iterable[Summary], typed: list[str]) -> dict[str, str]:
    """Words that go on with short names of which `typed` is the beginning, and what they are."""
    found: dict[str, str] = {}
    depth = len(typed)
    for row in rows:
        if list(row.words[:depth]) == typed and len(row.words) > depth:
            word = row.words[depth]
            found.setdefault(word, row.summary if len(row.words) == depth + 1 else f"{word} ...")
    return found


def _own(named: list[str]) -> tuple[str, list[str]] | None:
    """The command or workflow of ours that words name, and the words after it."""
    if named and named[0] in COMMANDS:
        return named[0], named[1:]
    workflow = find(named)
    return (" ".join(workflow[0]), named[workflow[1] :]) if workflow is not None else None


def _tasks(named: list[str]) -> list[Choice]:
    """The next words of workflows."""
    found: dict[str, str] = {}
    for words, (_, about) in WORKFLOWS.items():
        if list(words[: len(named)]) == named and len(words) > len(named):
            word = words[len(named)]
            found.setdefault(word, about if len(words) == len(named) + 1 else f"{word} ...")
    return list(found.items())


def _spellings(row: Summary) -> list[str]:
    """What may stand after the group as one word."""
    return list(dict.fromkeys((row.name, row.id, row.id.removeprefix(row.group + "."))))


def _flags(app: App, named: list[str], done: list[str], current: str) -> Iterable[Choice]:
    """Flags that are not given yet, each once; those that may be repeated always."""
    found: dict[str, str] = {}
    for flag, about in _all_flags(app, named, done, current):
        found.setdefault(flag, about)
    return found.items()


def _all_flags(app: App, named: list[str], done: list[str], current: str) -> Iterator[Choice]:
    given = {token.partition("=")[0].replace("_", "-") for token in done if token.startswith("-")}
    operation = _operation(app, named)
    own = _own(named)
    if own is not None:
        from dialkit.cli.completion.own import flags

        yield from (choice for choice in flags(*own) if choice[0] not in given)
        if operation is None:
            return
    if operation is not None:
        for field in operation.fields:
            yield from _field_flags(operation, field, given, current)
    for option in TABLE:
        repeats = option.how.get("action") in ("append", "count")
        if repeats or given.isdisjoint(option.flags):
            yield option.flags[-1], option.help


def _field_flags(operation: Operation, field: Field, given: set[str], current: str) -> Iterator[Choice]:
    schema = resolve(field.schema, operation.schemas)
    if current.startswith(field.flag + "."):
        for name, inner in properties(schema, operation.schemas).items():
            flag = f"{field.flag}.{name.replace('_', '-')}"
            if flag not in given:
                yield flag, inner.get("description", "")
        return
    no = "--no-" + field.flag[2:]
    if kind(schema) == "array" or given.isdisjoint((field.flag, no)):
        yield field.flag, ("required: " if field.required else "") + field.description
        if kind(schema) == "boolean":
            yield no, "not: " + field.description


def _operation(app: App, named: list[str]) -> Operation | None:
    summary, _ = app.catalog.find(named)
    return app.catalog.operation(summary.id) if summary is not None else None
