"""Tab completion: the scripts of the shells, and the answers they ask for. From the catalog, no network."""

from __future__ import annotations

import os


def script(shell: str) -> str:
    """The script of ``bash``, ``zsh`` or ``fish``."""
    with open(os.path.join(os.path.dirname(__file__), "dialpad." + shell), encoding="utf-8") as file:
        return file.read()
