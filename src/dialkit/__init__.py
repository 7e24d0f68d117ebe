"""dialkit: Dialpad from the terminal, from Python, and without an account."""

__version__ = "0.1.0"
