"""``dialpad doctor``: is everything as it should be, and if not, what to do."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from dialkit.cli.checks import Setup, findings, local
from dialkit.cli.parser import with_defaults
from dialkit.cli.subcommands import ASKING, SHOWING, Help, parse, wants_help
from dialkit.errors import DialkitError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dialkit.cli.app import App
    from dialkit.cli.checks import Finding
    from dialkit.cli.parser import Options

HELP = Help(
    "doctor",
    "Tests key, network, clock and limits, and says what to do. Changes nothing at Dialpad.",
    ("dialpad doctor", "dialpad doctor --offline -o json"),
    "[--offline]",
    (
        ("--offline", "leave the network out"),
        ("--account NAME", "test the key of this account; --base-url URL: at this host"),
        ("-o FORMAT", "rows of check, status (ok, warn, fail), detail and fix"),
    ),
)


def run(app: App, argv: list[str]) -> int:
    """Make all checks and show them; the exit code is that of the first that failed, 0 without one."""
    if wants_help(argv):
        app.page(HELP.text())
        return 0
    options, found = parse(
        app, "doctor", argv, (("--offline",), {"action": "store_true"}), takes=(*SHOWING, *ASKING)
    )
    try:
        options = app.options = with_defaults(options, app.config)
    except DialkitError:
        pass  # the check of the config says so
    setup = Setup(app, options, offline=found.offline)
    made = findings(setup, local.CHECKS)
    if not found.offline:
        from dialkit.cli.checks import network

        made = chain(made, findings(setup, network.CHECKS))
    return _show(app, options, made)


def _show(app: App, options: Options, made: Iterator[tuple[str, Finding]]) -> int:
    """Lines as the checks come on a terminal, else rows at the end; the exit code."""
    from dialkit.cli.show import View

    view = View(app, options)
    live = view.how.is_tty and not (options.output or options.fields or options.jq)
    rows, code = [], 0
    for name, finding in made:
        code = code or finding.code
        rows.append(finding.row(name))
        if live:
            for line in _lines(name, finding):
                app.page(line + "\n")
            app.stdout.flush()
    if not live:
        view.data(rows)
    return code


def _lines(name: str, finding: Finding) -> Iterator[str]:
    from dialkit.cli.app import printable

    yield f"{finding.status:4}  {name:12}  {printable(finding.detail)}"
    if finding.fix:
        yield f"{'':20}do: {printable(finding.fix)}"
