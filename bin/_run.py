"""Finds dialkit for the commands in this folder: in the checkout's environment, else in this Python's."""

import os
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
VENV = os.path.join(ROOT, ".venv", *(("Scripts", "python.exe") if os.name == "nt" else ("bin", "python")))


def run(wrapper: str, words: tuple[str, ...], command: str) -> None:
    """Run a wrapper; does not return."""
    _settle("bin", wrapper)
    from dialkit.cli.wrapper import main

    sys.exit(main(wrapper, words, command))


def run_dialpad() -> None:
    """Run ``dialpad`` itself; does not return."""
    _settle("generated", "dialpad")
    from dialkit.cli import main

    sys.exit(main())


def _settle(folder: str, script: str) -> None:
    """Go on in the checkout's environment, where there is one; this process becomes it."""
    inside = os.path.realpath(sys.prefix) == os.path.realpath(os.path.join(ROOT, ".venv"))
    if not inside and os.path.exists(VENV):
        os.execv(VENV, [VENV, os.path.join(ROOT, folder, script), *sys.argv[1:]])  # noqa: S606
    try:
        import dialkit  # noqa: F401
    except ModuleNotFoundError:
        print(
            "error: dialkit is not installed\nhint: make demo, or python3 -m pip install .", file=sys.stderr
        )
        sys.exit(2)
