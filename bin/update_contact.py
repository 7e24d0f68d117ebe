#!/usr/bin/env python3
"""Change a contact: `dialpad contact update` under its older name."""

from _run import run

run("update_contact.py", ("contact", "update"), "update_contact.update")
