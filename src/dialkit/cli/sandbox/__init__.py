"""``dialpad sandbox``: starting a Dialpad of one's own, and steering one that runs."""
