"""A Dialpad of one's own: the API on a local port, with memory, without an account, reaching nobody.

    with Sandbox() as dialpad:
        dialpad.url, dialpad.token      # what a client needs
        dialpad.world                   # what it holds, to look into

It is driven by `dialkit.catalog` and imports nothing else of dialkit, so it shares no bug with the client.
"""

from dialkit.sandbox.http.server import Sandbox, serve_forever

__all__ = ["Sandbox", "serve_forever"]
