#!/usr/bin/env python3
"""List calls: `dialpad call list` under its older name."""

from _run import run

run("list_calls.py", ("call", "list"), "list_calls.list")
