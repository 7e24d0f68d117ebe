#!/usr/bin/env python3
"""What was said on a call: `dialpad call transcript` under its older name."""

from _run import run

run("get_call_transcript.py", ("call", "transcript"), "get_call_transcript.get")
