#!/usr/bin/env python3
"""Change the contact that matches or make one: `dialpad contact upsert` under its older name."""

from _run import run

run("create_contact.py", ("contact", "upsert"), "create_contact.upsert")
