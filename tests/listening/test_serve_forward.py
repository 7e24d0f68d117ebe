"""`dialpad events serve --forward --exec`: what is stored is brought on, as `dialpad listen` does it."""

from __future__ import annotations

import http.client
import json
import signal
import subprocess
import sys
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from hearing import SECRET, App

from beside import PATIENCE, beside, until
from dialkit.store import Database, deliveries
from dialkit.webhooks import token, unwrap

if TYPE_CHECKING:
    from collections.abc import Callable


def test_what_is_stored_is_forwarded(
    environ: dict[str, str], app: App, database: Database, script: Callable[[str], str], tmp_path: Any
) -> None:
    app.statuses = [503]
    path = script("import sys; open('heard', 'a').write(sys.stdin.read())")
    command = [sys.executable, "-m", "dialkit", "events", "serve", "--port", "0", "--print", "json"]
    with beside(
        [*command, "--forward", app.url, "--exec", path],
        stdout=subprocess.PIPE,
        env={**environ, "DIALPAD_WEBHOOK_SECRET": SECRET},
        cwd=tmp_path,
        text=True,
    ) as process:
        assert process.stdout is not None
        told = json.loads(process.stdout.readline())
        body = token.sign(b'{"id": 7, "message_status": "pending", "text": "Two kilos"}', SECRET.encode())
        connection = http.client.HTTPConnection(urlsplit(told["url"]).netloc, timeout=PATIENCE)
        for _ in range(3):  # as the service may send it
            connection.request("POST", next(iter(told["paths"])), body)
            answer = connection.getresponse()
            answer.read()
            assert 200 <= answer.status < 300
        connection.close()
        until(
            lambda: (
                [(row["state"], row["number"]) for row in deliveries.counts(database)] == [("done", 1)] * 2
            )
        )
        assert [post.body for post in app.posts] == [body, body]  # the first was answered 503
        assert unwrap(app.posts[1].body, secret=SECRET).to_dict()["text"] == "Two kilos"
        assert json.loads((tmp_path / "heard").read_text())["id"] == 7
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 0
