"""`argparse` without `gettext`: its few words are English, as ours are, and seeing that there is no other
language for them takes a twentieth of the time of a whole command.
"""

import sys

TYPE_CHECKING = False
if TYPE_CHECKING or "gettext" in sys.modules:
    import argparse
else:
    from types import ModuleType

    plain = ModuleType("gettext")
    vars(plain).update(gettext=str, ngettext=lambda one, many, number: one if number == 1 else many)
    sys.modules["gettext"] = plain
    try:
        import argparse
    finally:
        del sys.modules["gettext"]  # whoever else wants it has the real one

__all__ = ["argparse"]
