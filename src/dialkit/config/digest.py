"""SHA-256 without OpenSSL, which takes 4 ms to load: CPython has its own, as its module `random` knows."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hashlib import sha256
else:
    try:
        from _sha2 import sha256  # Python 3.12 and newer
    except ImportError:
        try:
            from _sha256 import sha256
        except ImportError:  # another Python
            from hashlib import sha256

__all__ = ["digest"]


def digest(data: bytes) -> str:
    """The SHA-256 of some bytes, as 64 hexadecimal digits."""
    return sha256(data).hexdigest()
