"""``dialpad contact export``: the whole directory, as CSV or ndjson."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dialkit.cli.subcommands import ASKING, SHOWING, Help, parse, showing, wants_help
from dialkit.cli.workflows import contact_flags as flags
from dialkit.cli.workflows.progress import Progress
from dialkit.errors import InvalidArgument

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from dialkit.cli.app import App
    from dialkit.cli.output import Options
    from dialkit.cli.show import View

HELP = Help(
    "contact export",
    "Writes the whole directory, shared contacts and everybody's own, as CSV that no spreadsheet runs,\n"
    "or as ndjson. `dialpad contact import` reads either back and changes nothing.",
    (
        "dialpad contact export > people.csv",
        "dialpad contact export --out people.ndjson",
        "dialpad contact export --shared -o table",
    ),
    takes="[--out FILE] [-o csv|ndjson] [FLAGS]",
    rows=(
        ("--out FILE", "into a file, which is there whole or not at all; .ndjson and .jsonl are ndjson"),
        ("-o csv|ndjson", "the form, where it is not that of the file's name; csv unless said"),
        ("--shared", "only the shared contacts"),
        ("--owner-id ID", "only that user's own contacts; me: the key's own user"),
        ("--max-pages N", "read no more than N pages of 100; where there are more, fail"),
    ),
)
ARGUMENTS = (
    (("--out",), {"metavar": "FILE"}),
    (("--shared",), {"action": "store_true"}),
    (("--owner-id",), {"metavar": "ID"}),
    flags.MAX_PAGES,
)
LINES = (".ndjson", ".jsonl")


def run(app: App, argv: list[str]) -> int:
    """Run ``dialpad contact export`` with the words that follow it; the exit code."""
    if wants_help(argv):
        app.stdout.write(HELP.text())
        return 0
    options, found = parse(app, HELP.name, argv, *ARGUMENTS, takes=(*SHOWING, *ASKING))
    from dialkit.cli.session import open_client
    from dialkit.directory import export, scan

    if found.shared and found.owner_id is not None:
        raise InvalidArgument(
            "--shared and --owner-id: shared contacts have no owner", hint="give one of them"
        )
    view = showing(app, options)
    form = _form(options.output, view, found.out)
    owner = flags.user_id(app, found.owner_id) if found.owner_id is not None else None
    max_pages = flags.count(found.max_pages, "--max-pages")
    with open_client(app, app.options or options) as client:
        params: Any = {} if found.shared else {"include_local": True}
        if owner is not None:
            params = {"owner_id": scan.owner(client, owner)}
        progress = Progress(app, client.clock.monotonic)
        quiet = found.out is None and app.stdout.isatty()
        rows = export.rows(
            client, form, params=params, max_pages=max_pages, progress=None if quiet else progress.pages
        )
        try:
            if found.out is None:
                view.items(rows)
                return 0
            path, count = _into(
                app, found.out, rows, view.how._replace(format=form, is_tty=False, color=False)
            )
        finally:
            progress.done()
    showing(app, options._replace(output=None, fields=None, jq=None)).data({"file": path, "contacts": count})
    return 0


def _form(output: str | None, view: View, out: str | None) -> str:
    """``csv`` or ndjson's like, as said, as the file is called, else csv. Raises `InvalidArgument`."""
    by_name = "ndjson" if out is not None and out.lower().endswith(LINES) else "csv"
    if out is not None and output not in (None, "csv", "ndjson"):
        raise InvalidArgument(f"-o {output}: a file is csv or ndjson", hint="-o csv, or leave it out")
    if out is not None and view.how.jq is not None:
        raise InvalidArgument("--jq does not go with --out", hint="leave out --out, and use > FILE")
    if output is None and view.how.jq is None:
        view.how = view.how._replace(format=by_name)
        return by_name
    return output or "ndjson"


def _into(app: App, out: str, rows: Iterable[dict[str, Any]], how: Options) -> tuple[str, int]:
    """Write rows into a file that takes its place when all are there; its path, and how many they are."""
    import os

    from dialkit.cli.output import Items, write

    path = os.path.join(app.cwd, os.path.expanduser(out))
    count = 0

    def counted() -> Iterator[dict[str, Any]]:
        nonlocal count
        for row in rows:
            count += 1
            yield row

    _replaced(path, lambda file: write(Items(counted()), how, file, app.stderr))
    return path, count


def _replaced(path: str, fill: Callable[[Any], None]) -> None:
    """Make a file, mode 0600, whole or not at all. Raises `OSError`."""
    import os

    part = path + ".part"

    if not os.path.basename(path) or os.path.isdir(path):
        raise InvalidArgument(f"--out: {path} is a folder", hint="name a file in it")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with open(descriptor, "w", encoding="utf-8", newline="") as file:
            fill(file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    except BaseException:
        if os.path.exists(part):
            os.unlink(part)
        raise
