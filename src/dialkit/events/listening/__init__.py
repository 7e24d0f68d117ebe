"""What `dialpad listen` is: events received by a websocket, without a public URL.

| module | is |
|---|---|
| `listener` | the whole of it, until it is told to stop |
| `subscribing` | what it needs at Dialpad: made, renewed, taken down |
| `line` | the connection: opened, renewed before its hour ends, opened again where it breaks |
| `messages` | from its messages to the store |
| `gaps` | times in which nothing could be received, said plainly |
"""
