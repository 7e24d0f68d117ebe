"""Small real HTTP/1.1 servers for tests: sockets and threads, every byte written by hand.

- `Recorder` accepts everything, remembers it exactly, answers what it is told to.
- `Faulty` follows a script of misbehaviours, one step for each request; the steps are in `behaviours`.
- `LimitedServer` refuses what is above a limit, as the service does.
- `foreign()` is a Recorder under another host name.
- `refusing()`, `deaf()` and `free_port()` are ports nobody serves.

All listen on the loopback interface on a port of the system's choice, serve each connection in a thread of
its own, and end at once: whatever they are doing, `stop()` interrupts it and joins every thread.
"""

from servers import behaviours
from servers.base import Server
from servers.faulty import Faulty
from servers.limited import LimitedServer
from servers.ports import deaf, free_port, refusing
from servers.recorder import Recorder, foreign
from servers.wire import Reply, Request, json_reply

__all__ = [
    "Faulty", "LimitedServer", "Recorder", "Reply", "Request", "Server",
    "behaviours", "deaf", "foreign", "free_port", "json_reply", "refusing",
]  # fmt: skip
