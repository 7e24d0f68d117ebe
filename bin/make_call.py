#!/usr/bin/env python3
"""Call somebody: `dialpad call make` under its older name."""

from _run import run

run("make_call.py", ("call", "make"), "make_call.make")
