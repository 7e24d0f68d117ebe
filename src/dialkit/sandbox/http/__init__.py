"""HTTP: from a request to the operation meant, through keys, limits and faults, to the answer."""
