"""The process of one command: how it begins and ends, where it is ours from its arguments to its exit."""

from __future__ import annotations

import gc
import os
import sys

YOUNG = 20_000  # objects until garbage is looked for; Python's own 700 come by with each few modules


def begin() -> None:
    """Look for garbage seldom: loading a command makes none, and looking takes a twelfth of its time."""
    gc.set_threshold(YOUNG, 10, 10)


def end(code: int) -> int:
    """Leave with `code`; return it where Python is to end by itself.

    All is written and closed by now, and streams are flushed (`dialkit.cli.streams.settle`): taking the
    interpreter apart would be a seventh of a command's time. Not so where threads are to be waited for, or
    somebody profiles.
    """
    threading = sys.modules.get("threading")
    alone = threading is None or threading.active_count() == 1
    if alone and sys.getprofile() is None and sys.gettrace() is None:
        os._exit(code)
    return code
