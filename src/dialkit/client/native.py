"""pyreqwest, loaded once and for good.

Two things are particular about it. Its allocator (mimalloc) takes the thread that loads it for the main one:
once that thread has ended, the next use from another is a segmentation fault. And were Ctrl-C to arrive while
it imports its exceptions, it would abort the process. So everything of it is imported here, at one time, and
outside the main thread in a thread that never ends.
"""

from __future__ import annotations

import _thread
import sys
from importlib import import_module


def _load_for_good() -> None:
    loaded, never = _thread.allocate_lock(), _thread.allocate_lock()
    loaded.acquire()
    never.acquire()

    def work() -> None:
        try:
            import_module("pyreqwest.client")
        finally:
            loaded.release()
        never.acquire()

    _thread.start_new_thread(work, ())
    loaded.acquire()


# Without `threading` there is no other thread to speak of.
_threading = sys.modules.get("threading")
if _threading is not None and _threading.current_thread() is not _threading.main_thread():
    _load_for_good()

wire = import_module("pyreqwest.exceptions")
_client = import_module("pyreqwest.client")
ClientBuilder = _client.ClientBuilder
SyncClientBuilder = _client.SyncClientBuilder
