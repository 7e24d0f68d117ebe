#!/usr/bin/env python3
"""Have texts told to a URL: `dialpad webhook sms` under its older name."""

from _run import run

run("create_sms_webhook.py", ("webhook", "sms"), "create_sms_webhook.")
