"""Calls: made once, found, watched, recorded, read."""
