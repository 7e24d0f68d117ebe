#!/usr/bin/env python3
"""Send a text: `dialpad sms send` under its older name."""

from _run import run

run("send_sms.py", ("sms", "send"), "send_sms.send")
