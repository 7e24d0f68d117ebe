"""What is told to others: subscriptions, what they are told, and how it gets there."""

from dialkit.sandbox.events.emit import emit

__all__ = ["emit"]
