"""``dialpad config``: the settings in ``config.toml``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dialkit.cli.subcommands import Help, Sub, choose, parse, showing
from dialkit.errors import InvalidArgument

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dialkit.cli.app import App

HELP = Help(
    "config",
    "Settings of yours, by dotted name. Keys are not among them: see dialpad auth.",
    ("dialpad config set defaults.output json", "dialpad config list --defaults"),
)
NAME = (("name",), {"metavar": "NAME"})


def run(app: App, argv: list[str]) -> int:
    """Run ``dialpad config`` with the words that follow it; the exit code."""
    return choose(app, argv, HELP, TABLE)


def _list(app: App, argv: list[str]) -> int:
    options, found = parse(app, "config list", argv, (("--defaults",), {"action": "store_true"}))
    view = showing(app, options)
    view.data([*_set_now(app), *(_unset_now(app) if found.defaults else ())])
    return 0


def _set_now(app: App) -> Iterator[dict[str, Any]]:
    """What is set, the pin's first: where both say something, the pin holds."""
    config = app.config
    for name, value in config.pin.values.items():
        yield {"setting": name, "value": value, "from": config.pin.path}
    for name, value in config.items():
        yield {"setting": name, "value": value, "from": config.path}


def _unset_now(app: App) -> Iterator[dict[str, Any]]:
    """Settings that are not set, with what holds without them and what they are for."""
    from dialkit.cli.parser import DEFAULTS
    from dialkit.config.hosts import DEFAULT
    from dialkit.config.settings import MAIN
    from dialkit.config.table import SETTINGS

    holds: dict[str, Any] = {"account": MAIN, "allow_hosts": [], "accounts.*.base_url": DEFAULT}
    rows = {name: setting.about for name, setting in SETTINGS.items() if name != "defaults.*"}
    rows |= {f"defaults.{name}": wants for name, (_, wants) in DEFAULTS.items()}
    for name, about in rows.items():
        if name not in app.config.values:
            yield {"setting": name, "value": holds.get(name), "from": "default", "about": about}


def _get(app: App, argv: list[str]) -> int:
    options, found = parse(app, "config get", argv, NAME)
    value = app.config.get(found.name)
    if value is None:
        raise InvalidArgument(f"{found.name} is not set", hint=f"dialpad config set {found.name} VALUE")
    if options.output or options.jq:
        showing(app, options).data(value)
        return 0
    from dialkit.cli.app import printable

    if isinstance(value, bool):
        value = "true" if value else "false"
    lines = value if isinstance(value, list) else [value]
    app.stdout.write("".join(f"{printable(line)}\n" for line in lines))
    return 0


def _set(app: App, argv: list[str]) -> int:
    _, found = parse(app, "config set", argv, NAME, (("value",), {"metavar": "VALUE"}), takes=())
    head, _, name = found.name.partition(".")
    if head == "defaults" and name:
        from dialkit.cli.parser import check_default
        from dialkit.config.table import SCALAR

        check_default(name.replace("-", "_"), SCALAR.parse(found.value))
    value = app.config.set(found.name, found.value)
    app.tell(f"{found.name} = {' '.join(map(str, value)) if isinstance(value, list) else value}")
    return 0


def _unset(app: App, argv: list[str]) -> int:
    _, found = parse(app, "config unset", argv, NAME, takes=())
    gone = app.config.unset(found.name)
    app.tell(f"{found.name} is no longer set" if gone else f"{found.name} was not set")
    return 0


def _path(app: App, argv: list[str]) -> int:
    from dialkit.config import config_file

    parse(app, "config path", argv, takes=())
    app.stdout.write(config_file(app.environ) + "\n")
    return 0


TABLE = {
    "list": Sub(_list, "[--defaults]", "what is set, and where; --defaults: also what is not"),
    "get": Sub(_get, "NAME", "the value of one setting"),
    "set": Sub(_set, "NAME VALUE", "set one; lists with commas between"),
    "unset": Sub(_unset, "NAME", "take one away"),
    "path": Sub(_path, "", "where the file is; it need not exist"),
}
