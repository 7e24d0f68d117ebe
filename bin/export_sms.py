#!/usr/bin/env python3
"""Texts as CSV: `dialpad sms export` under its older name."""

from _run import run

run("export_sms.py", ("sms", "export"), "export_sms.export")
