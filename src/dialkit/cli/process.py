"""The process of one command: how it begins and ends, where it is ours from its arguments to its exit."""

from __future__ import annotations

import gc
import os
import sys

TOOLS = 6  # places that `sys.monitoring` has for tools
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
    if alone and not _watched():
        os._exit(code)
    return code


def _watched() -> bool:
    """Whether somebody profiles, debugs or measures: from Python 3.12 on by `sys.monitoring` as well."""
    if sys.getprofile() is not None or sys.gettrace() is not None:
        return True
    monitoring = getattr(sys, "monitoring", None)
    return monitoring is not None and any(map(monitoring.get_tool, range(TOOLS)))
