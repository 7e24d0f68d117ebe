"""From the arguments to the command: which words name it, and who runs it."""

from __future__ import annotations

from dialkit.cli import workflows
from dialkit.cli.options import BY_FLAG
from dialkit.errors import InvalidArgument

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from dialkit.cli.app import App

# Our own commands: word -> module in dialkit.cli.commands with a `run(app, argv) -> int`.
COMMANDS: dict[str, tuple[str, str]] = {
    "alias": ("alias", "short names for ids: set, list, unset"),
    "api": ("api", "any method and path, also what no document knows"),
    "auth": ("auth", "the key: login, logout, status, list, use, can"),
    "commands": ("commands", "every command with its flags, effect and limit"),
    "completion": ("completion", "tab completion for bash, zsh and fish"),
    "config": ("config", "settings: list, get, set, unset, path"),
    "doctor": ("doctor", "test key, network, clock and limits, and say what to do"),
    "help": ("help", "environment, exit-codes, formatting, limits, accounts"),
    "sandbox": ("sandbox", "a Dialpad of your own on this machine"),
    "schema": ("schema", "what an operation takes and answers"),
    "search": ("search", "find an operation by words"),
    "spec": ("spec", "the API's document: export, diff, use"),
}


def dispatch(app: App) -> int:
    """Run what `app.argv` says; the exit code. Raises a `DialkitError`."""
    before, words, rest = split(app.argv)
    if not words:
        if rest and not {"-h", "--help"} & set(before + rest):
            raise InvalidArgument(f"unknown option {rest[0]}", hint="dialpad --help")
        from dialkit.cli.help import overview

        app.page(overview(app.catalog, app.columns))
        return 0
    if words[0] in COMMANDS:
        return _command(words[0])(app, words[1:] + before + rest)
    named = workflows.find(words)
    if named is not None:
        return workflows.runner(named[0])(app, words[named[1] :] + before + rest)
    summary, used = app.catalog.find(words)
    if summary is None or (len(words) == 1 and summary.id.endswith(".list")):
        from dialkit.cli.words import naming

        name, count = naming.meant(words, rest, summary)
        if name is not None:
            to = naming.arguments(name, rest)
            if "--dry-run" in before + rest:
                app.tell(f"note: {name.name} stands for dialpad {' '.join(to)}")
            app.argv = [*before, *to, *words[count:], *rest]
            return dispatch(app)
    if summary is not None and {"-h", "--help"} & set(before + rest):
        from dialkit.cli.help import of_operation

        app.page(of_operation(app.catalog.operation(summary.id)))
        return 0
    if summary is not None:
        app.asked = summary.id
        from dialkit.cli.operation import run

        return run(app, summary, words[used:] + before + rest)
    group = app.catalog.groups.get(words[0])
    if group is not None and (len(words) == 1 or {"-h", "--help"} & set(words + rest)):
        if len(words) == 1 and rest and not {"-h", "--help"} & set(rest):
            raise InvalidArgument(f"which operation of {group.name}?", hint=f"dialpad {group.name} --help")
        from dialkit.cli.help import of_group

        app.page(of_group(group))
        return 0
    if group is None and (len(words) == 1 or {"-h", "--help"} & set(words + rest)):
        from dialkit.cli.words import telling

        page = telling.page(words[0])
        if page is not None:
            app.page(page)
            return 0
    raise _unknown(app, words)


def _command(name: str) -> Callable[[App, list[str]], int]:
    from importlib import import_module

    run: Callable[[App, list[str]], int] = import_module(f"dialkit.cli.commands.{COMMANDS[name][0]}").run
    return run


def split(argv: list[str]) -> tuple[list[str], list[str], list[str]]:
    """Global options before the command, the words that may name it, and all that follows.

    Words end at the first option that is not global: ``dialpad -v users list --state active``.
    """
    before: list[str] = []
    words: list[str] = []
    at = 0
    while at < len(argv):
        token = argv[at]
        if not token.startswith("-") or token == "-":
            words.append(token)
            at += 1
            continue
        if words:
            break
        name, equals, _ = token.partition("=")
        option = BY_FLAG.get(name) or (BY_FLAG.get("-v") if set(token[1:]) == {"v"} else None)
        if option is None:
            break
        takes = option.takes_value and not equals and option.flags[0] != "--fields"
        before += argv[at : at + 1 + takes]
        at += 1 + takes
    return before, words, argv[at:]


def _unknown(app: App, words: list[str]) -> InvalidArgument:
    from dialkit.catalog.model import nearest
    from dialkit.cli.words import naming

    group, old = app.catalog.groups.get(words[0]), naming.of_group(words[0])
    tasks = [" ".join(named[1:]) for named in workflows.WORKFLOWS if named[0] == words[0] and named[1:]]
    if group is not None or old or tasks:
        rows = group.operations if group is not None else ()
        names = {name: " ".join(row.words) for row in rows for name in (row.name, row.id)}
        names |= {one.name: naming.short(one) for one in old} | {task: task for task in tasks}
        near = nearest(".".join(words[1:]), names) or nearest(words[1], names)
        shown = list(dict.fromkeys(f"{words[0]} {names[found]}" for found in near))
        what = f"{words[0]} has no operation {' '.join(words[1:])!r}"
        where = f"dialpad {words[0]} --help"
    else:
        first = dict.fromkeys(named[0] for named in workflows.WORKFLOWS)
        shown = nearest(words[0], {**COMMANDS, **app.catalog.groups, **first, **app.catalog.ids})
        what = f"no command {words[0]!r}"
        where = f"dialpad search {words[0]}"
    meant = "did you mean " + ", or ".join(f"dialpad {name}" for name in shown) + "? " if shown else ""
    return InvalidArgument(what, hint=f"{meant}{'else' if shown else 'see'}: {where}")
