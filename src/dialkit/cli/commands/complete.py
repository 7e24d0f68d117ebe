"""What the completion scripts are answered: the words that can stand where one is being typed.

Only the index, and the shard of the one operation that is named, are read; nothing asks the network. The
config is read where accounts or aliases may follow.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from dialkit.catalog.model import kind, properties, resolve
from dialkit.cli.dispatch import COMMANDS, split
from dialkit.cli.options import BY_FLAG, FORMATS, TABLE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from dialkit.catalog import Catalog, Operation, Summary
    from dialkit.catalog.model import Schema
    from dialkit.cli.app import App


class Choice(NamedTuple):
    """A word that can stand here, and what it is."""

    word: str
    about: str = ""


# Said instead of words where a file name follows: shells know files best.
FILES = (Choice("@files"),)
LONGEST = 70  # characters of a description beside a word


def complete(app: App, words: list[str], shell: str = "zsh") -> list[Choice]:
    """The choices for the last of `words`, which are those after ``dialpad``; `FILES` where a file follows.

    bash takes words apart at ``=``; its answers are only what comes after. Raises `DialkitError` for a config
    that cannot be read.
    """
    words = _joined(words) if shell == "bash" else words
    *done, current = words or [""]
    flag, equals, value = current.partition("=")
    if equals and flag.startswith("--"):
        found = _fitting(_after(app, done, flag, value), value)
        whole = shell != "bash" and found != [*FILES]
        return [c._replace(word=f"{flag}={c.word}") for c in found] if whole else found
    if done and done[-1].startswith("-"):
        values = _after(app, done[:-1], done[-1], current)
        if values is not None:
            return _fitting(values, current)
    return _fitting(_words(app, done, current), current)


def drawn(shell: str, choices: Iterable[Choice]) -> str:
    """Choices as the script of a shell reads them, a line each: zsh and fish show what a word is."""
    lines = []
    for word, about in choices:
        told = " ".join(about.split())[:LONGEST]
        if shell == "zsh":
            word = word.replace("\\", "\\\\").replace(":", "\\:") + (f":{told}" if told else "")
        elif shell == "fish" and told:
            word = f"{word}\t{told}"
        lines.append(word + "\n")
    return "".join(lines)


def _joined(words: list[str]) -> list[str]:
    """``--state``, ``=``, ``act`` as the one word that was typed, and ``@``, ``file`` as well."""
    found: list[str] = []
    for at, word in enumerate(words):
        before = words[at - 1] if at else ""
        parted = found and found[-1].startswith("--") and (word[:1] == "=" or before == "=")
        if parted or before in ("@", "=@"):
            found[-1] += word
        else:
            found.append(word)
    return found


def _fitting(choices: Iterable[Choice] | None, current: str) -> list[Choice]:
    found = list(choices or ())
    return found if found == [*FILES] else [choice for choice in found if choice.word.startswith(current)]


# Values after a flag; None where the flag takes none.


def _after(app: App, done: list[str], flag: str, current: str) -> Iterable[Choice] | None:
    _, named, _ = split(done)
    flag = flag.partition("=")[0].replace("_", "-") if flag.startswith("--") else flag
    operation = _operation(app, named)
    schema = _schema_at(operation, flag) if operation is not None else None
    if operation is not None and schema is not None:
        values = list(_values(app, operation, schema))
        # A boolean needs no value, so what is typed may be the next flag.
        return None if kind(schema) == "boolean" and current.startswith("-") else values
    option = BY_FLAG.get(flag)
    if option is None or not option.takes_value:
        return None
    values_of = GLOBAL.get(option.flags[-1])
    return values_of(app, current) if values_of is not None else ()


def _values(app: App, operation: Operation, schema: Schema) -> Iterator[Choice]:
    item = resolve(schema.get("items", {}), operation.schemas) if kind(schema) == "array" else schema
    if kind(schema) == "boolean":
        yield from (Choice("true"), Choice("false"))
    yield from (Choice(str(value)) for value in item.get("enum", ()) if value is not None)
    if schema.get("x-me"):
        yield Choice("me", "the key's own user")
    if kind(schema) == "integer":
        yield from aliases(app)


def _schema_at(operation: Operation, flag: str) -> Schema | None:
    """The schema of ``--state``, or of ``--to.target-type`` inside an object."""
    first, *rest = flag.removeprefix("--").replace("-", "_").split(".")
    field = operation.field(first)
    if field is None:
        return None
    schema: Schema = resolve(field.schema, operation.schemas)
    for name in rest:
        inner = properties(schema, operation.schemas).get(name)
        if inner is None:
            return None
        schema = resolve(inner, operation.schemas)
    return schema


def accounts(app: App) -> Iterator[Choice]:
    """The names of the accounts in the config."""
    return (Choice(name, "an account") for name in app.config.accounts)


def aliases(app: App) -> Iterator[Choice]:
    """The aliases in the config, and what they stand for."""
    for name, value in app.config.items():
        if name.startswith("aliases."):
            yield Choice(name.removeprefix("aliases."), str(value))


# Choices after a global option, by its last flag. Those that are missing take free text.
GLOBAL: dict[str, Callable[[App, str], Iterable[Choice]]] = {
    "--output": lambda _app, _current: map(Choice, FORMATS),
    "--account": lambda app, _current: accounts(app),
    "--data": lambda _app, current: FILES if current.startswith("@") else (),
}


# Words and flags where no value is due.


def _words(app: App, done: list[str], current: str) -> Iterator[Choice]:
    _, named, rest = split(done)
    if current.startswith("-"):
        yield from _flags(app, named, done, current)
        return
    if named and named[0] in COMMANDS:
        from dialkit.cli.commands.complete_own import words

        yield from words(app, named[0], named[1:], current)
        return
    if not rest:
        yield from names(app.catalog, named, current, commands=True)
    operation = _operation(app, named)
    if operation is not None:
        used = app.catalog.find(named)[1]
        places = [field for field in operation.fields if field.place == "path"][len(named) - used :]
        for field in places[:1]:
            yield from _values(app, operation, resolve(field.schema, operation.schemas))
        if not current:
            yield from _flags(app, named, done, current)


def names(catalog: Catalog, named: list[str], current: str, *, commands: bool = False) -> Iterator[Choice]:
    """The next word of a name: a group, our own command, a word of a short name, an operation's id.

    Ids are offered once a point is typed, or where nothing else begins so: there are hundreds.
    """
    if not named:
        found = [Choice(group.name, group.title) for group in catalog.groups.values()]
        if commands:
            found += [Choice(name, about) for name, (_, about) in COMMANDS.items()]
        ids = [Choice(row.id, row.summary) for row in catalog.ids.values()]
    else:
        group = catalog.groups.get(named[0])
        rows = group.operations if group else ()
        depth = len(named) - 1
        following: dict[str, str] = {}
        for row in rows:
            if list(row.words[:depth]) == named[1:] and len(row.words) > depth:
                more = len(row.words) > depth + 1
                following.setdefault(row.words[depth], f"{row.words[depth]} ..." if more else row.summary)
        found = [Choice(word, about) for word, about in following.items()]
        ids = [] if depth else [Choice(name, row.summary) for row in rows for name in _spellings(row)]
    yield from found
    if current and ("." in current or not any(choice.word.startswith(current) for choice in found)):
        yield from (choice for choice in ids if choice not in found)


def _spellings(row: Summary) -> tuple[str, ...]:
    """What may stand after the group as one word."""
    return tuple(dict.fromkeys((row.name, row.id, row.id.removeprefix(row.group + "."))))


def _flags(app: App, named: list[str], done: list[str], current: str) -> Iterator[Choice]:
    """Flags that are not given yet; those that may be repeated always."""
    given = {token.partition("=")[0].replace("_", "-") for token in done if token.startswith("-")}
    if named and named[0] in COMMANDS:
        from dialkit.cli.commands.complete_own import flags

        yield from (choice for choice in flags(named[0], named[1:]) if choice.word not in given)
        return
    operation = _operation(app, named)
    if operation is not None:
        for field in operation.fields:
            yield from _field_flags(operation, field.name, given, current)
    for option in TABLE:
        repeats = option.how.get("action") in ("append", "count")
        if repeats or given.isdisjoint(option.flags):
            yield Choice(option.flags[-1], option.help)


def _field_flags(operation: Operation, name: str, given: set[str], current: str) -> Iterator[Choice]:
    field = operation.field(name)
    assert field is not None  # it is one of the operation's own
    schema = resolve(field.schema, operation.schemas)
    if current.startswith(field.flag + "."):
        for inner, told in properties(schema, operation.schemas).items():
            flag = f"{field.flag}.{inner.replace('_', '-')}"
            if flag not in given:
                yield Choice(flag, told.get("description", ""))
        return
    no = "--no-" + field.flag[2:]
    if kind(schema) == "array" or given.isdisjoint((field.flag, no)):
        yield Choice(field.flag, ("required: " if field.required else "") + field.description)
        if kind(schema) == "boolean":
            yield Choice(no, "not: " + field.description)


def _operation(app: App, named: list[str]) -> Operation | None:
    summary, _ = app.catalog.find(named)
    return app.catalog.operation(summary.id) if summary is not None else None
