"""An attribute that is made when it is first read, and kept."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from functools import cached_property as lazily
else:

    class lazily:  # noqa: N801 - used as a decorator
        """`functools.cached_property` without its lock, held while the first use imports a module."""

        def __init__(self, make):
            self.make, self.name, self.__doc__ = make, make.__name__, make.__doc__

        def __get__(self, owner, kind=None):
            if owner is None:
                return self
            # Two threads may both make one: the first is kept, and both are alike.
            return owner.__dict__.setdefault(self.name, self.make(owner))


__all__ = ["lazily"]
