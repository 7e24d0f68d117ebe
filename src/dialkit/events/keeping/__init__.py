"""Events written down in groups, by whoever receives them: one thread, here or in a process apart.

| module | is |
|---|---|
| `intake` | events that wait to be written, and the thread that sees to it |
| `keeper` | writes a group in one transaction, with whom each event is for |
| `apart` | the same in a second process |
"""
