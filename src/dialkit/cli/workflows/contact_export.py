"""``dialpad contact export``: the whole directory, as CSV or ndjson."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dialkit.cli.subcommands import ASKING, SHOWING, Help, parse, showing
from dialkit.cli.workflows import contact_flags as flags
from dialkit.cli.workflows.progress import Progress
from dialkit.errors import InvalidArgument

if TYPE_CHECKING:
    from dialkit.cli.app import App
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
        ("-o csv|ndjson", "the form on stdout; csv unless said"),
        ("--fields NAME,NAME", "only these columns"),
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
    options, found = parse(app, HELP.name, argv, *ARGUMENTS, takes=(*SHOWING, *ASKING))
    from dialkit.cli.session import open_client
    from dialkit.directory import export, lookup, scan

    if found.shared and found.owner_id is not None:
        raise InvalidArgument(
            "--shared and --owner-id: shared contacts have no owner", hint="give one of them"
        )
    view = showing(app, options)
    out = flags.place(app, found.out, "--out") if found.out is not None else None
    form = _form(options.output, view, out)
    names = export.columns(view.how.fields or ()) if out is not None or form == "csv" else ()
    owner = flags.user_id(app, found.owner_id) if found.owner_id is not None else None
    max_pages = flags.count(found.max_pages, "--max-pages")
    with open_client(app, app.options or options) as client:
        params: Any = {} if found.shared else lookup.EVERYBODY
        if owner is not None:
            params = {"owner_id": scan.owner(client, owner)}
        quiet = out is None and app.stdout.isatty()
        with Progress(app, client.clock.monotonic) as progress:
            told = None if quiet else progress.pages
            rows = export.rows(client, form, params=params, max_pages=max_pages, progress=told)
            if out is not None:
                count = export.write(out, rows, form, names)
            elif form == "csv" and not quiet and view.how.jq is None:
                # Not as other data is shown: there control characters are made visible, and so not read back.
                app.stdout.writelines(export.lines(rows, form, names))
            else:
                view.items(rows)
    if out is not None:
        about = showing(app, options._replace(output=None, fields=None))
        about.data({"file": out, "contacts": count})
    return 0


def _form(output: str | None, view: View, out: str | None) -> str:
    """``csv`` or ndjson's like, as said, as the file is called, else csv. Raises `InvalidArgument`."""
    from dialkit.directory.export import FORMATS, form_of

    if out is None:
        if output is None and view.how.jq is None:
            view.how = view.how._replace(format="csv")
        return output or ("ndjson" if view.how.jq is not None else "csv")
    form = form_of(out)
    if output not in (None, *FORMATS):
        raise InvalidArgument(f"-o {output}: a file is csv or ndjson", hint=f"-o {form}, or leave it out")
    if view.how.jq is not None:
        raise InvalidArgument("--jq does not go with --out", hint="leave out --out, and use > FILE")
    if output not in (None, form):
        raise InvalidArgument(
            f"-o {output}: an import would take {out} for {form}",
            hint="name the file .ndjson for ndjson, else .csv; or leave out -o",
        )
    return form
