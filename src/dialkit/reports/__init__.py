"""Reports: stats and texts, fetched, shown and drawn."""
