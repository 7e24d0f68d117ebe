#!/usr/bin/env python3
"""Introduce two people by two texts: `dialpad sms intro` under its older name."""

from _run import run

run("send_group_intro.py", ("sms", "intro"), "send_group_intro.send")
