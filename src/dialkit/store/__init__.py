"""What dialkit remembers on this machine: the outbox, templates, and the like, in one SQLite file.

Plain SQL in named statements, one module for each table. The file is ``dialkit.db`` in the state folder.
"""

from dialkit.store.database import Database

__all__ = ["Database"]
