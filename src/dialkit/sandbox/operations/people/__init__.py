"""People, what is theirs, and whom they know."""
