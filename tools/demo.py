"""`make demo`: a text sent through the real command line to a Dialpad of our own, and its arrival there.

Starts ``dialpad sandbox start``, runs ``dialpad`` commands as anybody would, and reads the recipient's side
from the sandbox. Exits 1 where the text did not arrive exactly once.
"""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
import tempfile
import urllib.request
from typing import Any

DIALPAD = [sys.executable, "-m", "dialkit"]
TO = "+14155550123"
TEXT = "Hello from dialkit. Your order is ready."


def run(environ: dict[str, str], *words: str) -> str:
    """Run one command in the open: what was typed, what came."""
    print(f"\n$ dialpad {shlex.join(words)}")
    done = subprocess.run([*DIALPAD, *words], env=environ, capture_output=True, text=True, check=False)
    print((done.stdout + done.stderr).rstrip())
    if done.returncode:
        sys.exit(f"demo: exit {done.returncode}")
    return done.stdout


def arrived(sandbox: dict[str, Any]) -> list[dict[str, Any]]:
    """What lies in the recipient's inbox, as the sandbox tells it."""
    asked = urllib.request.Request(
        f"{sandbox['url']}/__sandbox__/inbox/%2B{TO[1:]}",
        headers={"Authorization": f"Bearer {sandbox['token']}"},
    )
    with urllib.request.urlopen(asked, timeout=10) as answer:
        found: list[dict[str, Any]] = json.load(answer)["items"]
    return found


def main() -> int:
    print("$ dialpad sandbox start --print json &")
    with (
        tempfile.TemporaryDirectory() as home,
        subprocess.Popen(
            [*DIALPAD, "sandbox", "start", "--print", "json"], stdout=subprocess.PIPE, text=True
        ) as server,
    ):
        try:
            assert server.stdout is not None
            sandbox = json.loads(server.stdout.readline())
            print(json.dumps(sandbox))
            environ = {
                **os.environ,
                "DIALPAD_BASE_URL": sandbox["url"],
                "DIALPAD_API_KEY": sandbox["token"],
                "DIALKIT_HOME": home,
            }
            run(environ, "users", "list", "-o", "table", "--fields", "id,display_name,phone_numbers")
            run(environ, "sms", "send", "--to-numbers", TO, "--text", TEXT, "-o", "yaml")
            run(environ, "sandbox", "clock", "--advance", "5s")  # a text takes a second to arrive
            inbox = arrived(sandbox)
        finally:
            server.terminate()
    print(f"\nIn the inbox of {TO}:")
    for text in inbox:
        print(f"  from {text['from_number']}: {text['text']}")
    if [text["text"] for text in inbox] != [TEXT]:
        sys.exit("demo: the text did not arrive exactly once")
    print("\nIt arrived, once. Next: README.md")
    return 0


if __name__ == "__main__":
    sys.exit(main())
