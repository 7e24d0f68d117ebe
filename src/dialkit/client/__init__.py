"""The client: how Dialpad is asked.

    from dialkit.client import Dialpad

    with Dialpad() as dp:
        me = dp.request("users.get", {"id": "me"}).json()

| module | is |
|---|---|
| `dialpad` | `Dialpad`, `AsyncDialpad` |
| `request` | building a request from an operation: path, query, body |
| `exchange` | limits, retries, redirects: one generator that both clients drive |
| `transport` | sending once, over `pyreqwest` |
| `limits` | the limiter that processes share |
| `pages` | lists, page by page |
| `faults`, `hints` | from an answer that says no to an exception that says what to do |
| `settings` | key, host, company, patience |
| `pkce`, `oauth` | OAuth logins: a user lets an app in; tokens, and new ones in time |
"""

from dialkit.client.dialpad import AsyncDialpad, Dialpad
from dialkit.client.exchange import Policy, Retry
from dialkit.client.request import Request
from dialkit.client.settings import Settings

__all__ = ["AsyncDialpad", "Dialpad", "Policy", "Request", "Retry", "Settings"]
