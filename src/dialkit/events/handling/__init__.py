"""Handlers of a program of the user's own, under its own server.

| module | is |
|---|---|
| `app`, `registry` | `App`; which functions are for which events |
| `handlers`, `threads` | a function as a target of events, and the threads that sync ones run in |
| `mounting`, `bridge` | the receiver within a program: under ASGI, and under WSGI |
| `loading` | what the threads import, imported before they begin |
"""
