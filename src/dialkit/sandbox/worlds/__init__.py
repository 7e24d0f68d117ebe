"""Worlds of one's own: a YAML file that says who there is and what happened; see `docs/sandbox.md`."""

from dialkit.sandbox.worlds.build import build
from dialkit.sandbox.worlds.marked import BadFile, Marked, read_yaml

__all__ = ["BadFile", "Marked", "build", "read_yaml"]
