"""What the sandbox holds: tables of records, one clock, what is due, and copies of it all.

Records are JSON values and never changed in place: `Table.put` and `Table.change` replace them. That makes a
snapshot a copy of references, a reset a matter of microseconds, and a state file complete.
"""

from dialkit.sandbox.world.table import Record, Table
from dialkit.sandbox.world.world import World

__all__ = ["Record", "Table", "World"]
