"""What only a sandbox has, under ``/__sandbox__/``: looking into it, and making things happen.

`routes` is the table of what can be asked; `whole` and `people` do it; `service` serves it over HTTP, and
`dialkit.sandbox.handle` within a program. `log` keeps the requests that came in.
"""

from dialkit.sandbox.control.log import Request
from dialkit.sandbox.control.service import PREFIX, Control

__all__ = ["PREFIX", "Control", "Request"]
