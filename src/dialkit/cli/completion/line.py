"""A line of bash that is being typed.

bash takes words apart at ``=``, ``:`` and ``@`` as well, and an answer replaces only what comes after the
last of these. The words that it hands over cannot be put together again; the line can be read.
"""

from __future__ import annotations

import os

from dialkit.cli.completion.answers import FILES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from dialkit.cli.completion.answers import Choice

SPECIAL = "@$"  # readline replaces these with what follows, though words end there
SAFE = "-_.,:=+/@%~"  # what stands for itself, beside letters and digits


class Line:
    """The words of a line, and of the last one how much bash `kept` and which `quote` is open."""

    __slots__ = ("kept", "quote", "words")

    def __init__(self, text: str, breaks: str) -> None:
        self.words: list[str] = []
        self.quote = ""
        self.kept = 0
        word: str | None = None
        letters = iter(text)
        for letter in letters:
            if self.quote:
                if letter == self.quote:
                    self.quote = ""
                elif letter == "\\" and self.quote == '"':
                    after = next(letters, "")
                    word = (word or "") + (after if after in '"\\$`' else letter + after)
                else:
                    word = (word or "") + letter
            elif letter in "'\"":
                self.quote, word = letter, word or ""
                self.kept = len(word)
            elif letter.isspace():
                if word is not None:
                    self.words.append(word)
                word, self.kept = None, 0
            else:
                plain = letter != "\\"
                word = (word or "") + (letter if plain else next(letters, ""))
                if plain and letter in breaks:
                    self.kept = len(word) - (letter in SPECIAL)
        self.words.append(word or "")

    def drawn(self, choices: list[Choice], cwd: str) -> str:
        """What the script reads, a line each; or that files follow, and how their path begins."""
        if choices != FILES:
            return "".join(self._instead(word) + "\n" for word, _ in choices)
        word = self.words[-1]
        at = word.index("=") + 1 if word.startswith("--") and "=" in word else 0
        at += word.startswith("@", at)
        if at == self.kept:
            return f"{FILES[0][0]}\n{word[at:]}\n"
        return "".join(self._instead(word[:at] + path) + "\n" for path in _paths(word[at:], cwd))

    def _instead(self, word: str) -> str:
        """What is to stand in the place of what bash replaces, so that the last word becomes `word`."""
        text = word[self.kept :]
        if self.quote == "'":
            return text.replace("'", "'\\''")
        if self.quote:
            return "".join(f"\\{c}" if c in '"\\$`' else c for c in text)
        return "".join(c if c.isalnum() or c in SAFE else f"\\{c}" for c in text)


def _paths(typed: str, cwd: str) -> Iterator[str]:
    """The files and folders that begin as typed; folders end in a slash."""
    folder, slash, begin = typed.rpartition("/")
    try:
        with os.scandir(os.path.join(cwd, os.path.expanduser(folder + slash))) as found:
            entries = sorted((entry.name, entry.is_dir()) for entry in found)
    except OSError:
        return
    for name, is_folder in entries:
        if name.startswith(begin) and name.startswith(".") == begin.startswith("."):
            yield folder + slash + name + ("/" if is_folder else "")
