#!/usr/bin/env python3
"""Find who has a number or address: `dialpad contact lookup` under its older name."""

from _run import run

run("lookup_contact.py", ("contact", "lookup"), "lookup_contact.lookup")
