"""``dialpad spec``: the API's document, and what another one says differently."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dialkit.cli.subcommands import Help, Sub, choose, parse, showing
from dialkit.errors import InvalidArgument

if TYPE_CHECKING:
    from dialkit.catalog import Catalog
    from dialkit.catalog.diff import Changes
    from dialkit.cli.app import App
    from dialkit.cli.parser import Options

# A document is one tree: these formats can hold it.
WHOLE = ("json", "yaml")

HELP = Help(
    "spec",
    "The document of the API that every command is made of, and newer ones from Dialpad.",
    (
        "dialpad spec export -o yaml > openapi.yaml",
        "dialpad spec diff dialpad.json",
        "dialpad spec use dialpad.json",
    ),
)


def run(app: App, argv: list[str]) -> int:
    """Run the subcommand; its exit code."""
    return choose(app, argv, HELP, TABLE)


def export(app: App, argv: list[str]) -> int:
    """Print the whole document as OpenAPI 3.1; operations of `spec use` carry ``x-added``."""
    options, _ = parse(app, "spec export", argv)
    if options.output not in (None, *WHOLE):
        raise InvalidArgument(f"a document cannot be shown as {options.output}", hint="-o json, or -o yaml")
    view = showing(app, options._replace(output=options.output or "json"))
    from dialkit.catalog.document import export as document

    view.data(document(app.catalog))
    return 0


def diff(app: App, argv: list[str]) -> int:
    """Say what another document has that ours has not, and the other way round."""
    options, found = parse(app, "spec diff", argv, (("file",), {"metavar": "FILE"}))
    view = showing(app, options) if options.output or options.jq or options.fields else None
    _, changes = _compared(app, found.file)
    if view is not None:
        view.data({"new": changes.new, "gone": changes.gone, "changed": changes.changed})
        return 0
    for title, names in (("New", changes.new), ("Gone", changes.gone)):
        if names:
            _say(app, f"{title}: {len(names)}", *(f"  {name}" for name in names))
    if changes.changed:
        _say(app, f"Changed: {len(changes.changed)}")
        for name, lines in changes.changed.items():
            _say(app, f"  {name}", *(f"    {line}" for line in lines))
    if not changes:
        _say(app, "No difference: the same operations, taking and answering the same.")
    elif changes.new or changes.changed:
        app.tell(f"note: dialpad spec use {found.file} makes what is new or changed into commands")
    return 0


def use(app: App, argv: list[str]) -> int:
    """Make what a document has new or otherwise into commands, or take such commands away."""
    options, found = parse(
        app,
        "spec use",
        argv,
        (("file",), {"metavar": "FILE", "nargs": "?"}),
        (("--none",), {"action": "store_true"}),
    )
    if found.none == (found.file is not None):
        raise InvalidArgument("spec use takes a file, or --none", hint="dialpad spec use dialpad.json")
    from dialkit.cli.document import overlay

    if found.none:
        had = overlay.remove(app.environ)
        app.tell("only the built-in operations are commands now" if had else "no document was in use")
        return 0
    showing(app, options)  # a wrong option is found before anything changes
    document, changes = _compared(app, found.file)
    if not changes.new and not changes.changed:
        overlay.remove(app.environ)
        app.tell(f"{found.file} has nothing that dialkit does not know; no command was added")
        return 0
    _adopt(app, found.file, document, changes)
    return _status(app, options)


def status(app: App, argv: list[str]) -> int:
    """Say which document is in use, and which commands come from it."""
    options, _ = parse(app, "spec status", argv)
    return _status(app, options)


TABLE = {
    "export": Sub(export, "[-o json|yaml]", "print the whole document as OpenAPI 3.1"),
    "diff": Sub(diff, "FILE [-o json]", "what FILE, JSON or YAML, has new, gone and changed"),
    "use": Sub(use, "FILE | --none", "make what FILE has new or changed into commands; or no more"),
    "status": Sub(status, "", "which document is in use, and its commands"),
}


def _compared(app: App, name: str) -> tuple[dict[str, Any], Changes]:
    """The document of a file, checked, and what it has otherwise than the built-in one."""
    from dialkit.catalog import Catalog
    from dialkit.catalog.compile import BadDocument
    from dialkit.catalog.diff import compare
    from dialkit.catalog.document import export as document
    from dialkit.cli.document.check import check
    from dialkit.cli.document.file import read

    found = read(app, name)
    check(found, name)
    try:
        return found, compare(document(Catalog()), found)
    except BadDocument as error:
        raise InvalidArgument(f"{name}: {error}") from None


def _adopt(app: App, name: str, document: dict[str, Any], changes: Changes) -> None:
    import os

    from dialkit.catalog import Catalog
    from dialkit.catalog.compile import BadDocument
    from dialkit.cli.document import overlay
    from dialkit.cli.document.adoption import shards_of

    info = document.get("info", {})
    about = {
        "file": os.path.abspath(os.path.join(app.cwd, os.path.expanduser(name))),
        "title": info.get("title", ""),
        "version": info.get("version", ""),
        "new": changes.new,
        "changed": list(changes.changed),
    }
    try:
        shards = shards_of(document, {*changes.new, *changes.changed}, Catalog())
        overlay.put(shards, about, app.environ)
    except (BadDocument, InvalidArgument) as error:
        raise InvalidArgument(f"{name}: {error}", hint=getattr(error, "hint", None)) from None


def _status(app: App, options: Options) -> int:
    from dialkit.catalog import Catalog
    from dialkit.cli.document import overlay
    from dialkit.config.paths import overlay_dir

    view = showing(app, options)
    found = overlay.about(app.environ)
    if found is None:
        app.tell("no document is in use: all commands are built in")
        view.items(iter(()))
        return 0
    app.tell(f"in use: {found['file']} ({found['title']} {found['version']})")
    catalog = Catalog(overlay=overlay_dir(app.environ))
    view.items(_row(catalog, name, mark) for mark in ("new", "changed") for name in found[mark])
    return 0


def _row(catalog: Catalog, name: str, mark: str) -> dict[str, Any]:
    row = catalog.ids[name]
    return {
        "id": name,
        "is": mark,
        "command": " ".join(("dialpad", row.group, *row.words)),
        "method": row.method,
        "path": row.path,
        "summary": row.summary,
    }


def _say(app: App, *lines: str) -> None:
    from dialkit.cli.app import printable

    app.stdout.write("".join(printable(line) + "\n" for line in lines))
