"""``python -m dialkit`` is ``dialpad``."""

import sys

from dialkit.cli import main

if __name__ == "__main__":
    sys.exit(main())
