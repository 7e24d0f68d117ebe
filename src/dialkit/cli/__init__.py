"""`dialpad`: the command line. Thin: words in, one library call, data out.

`main` is the console script. Everything heavier than an answer to ``--version`` is imported when needed.
"""

from __future__ import annotations

import sys


def main(argv: list[str] | None = None) -> int:
    """Run one command; its exit code. Without `argv`, the process's own arguments."""
    words = sys.argv[1:] if argv is None else argv
    if words in (["--version"], ["-V"]):
        from dialkit import __version__

        print(f"dialpad {__version__}")
        return 0
    from dialkit.cli import process

    if argv is None:
        process.begin()
    from dialkit.cli.app import App

    code = App.of_process(words).run()
    return process.end(code) if argv is None else code
