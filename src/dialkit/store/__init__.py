"""What dialkit remembers: outbox, inbox, templates, and the like, in a file of SQLite's or in PostgreSQL.

Plain SQL in named statements, one module for each table. The file is ``dialkit.db`` in the state folder.
"""

from dialkit.store.database import Database

__all__ = ["Database"]
