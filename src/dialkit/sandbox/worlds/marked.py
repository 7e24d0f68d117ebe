"""YAML that remembers on which line each value stands, so that an error can name it."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable

    Way = tuple[str | int, ...]

MOST = 16 << 20  # bytes of a file
DEEPEST = 40  # levels


class BadFile(ValueError):
    """A file is not what it should be. The message names file, line and field, and says what is wrong."""


class Marked:
    """What a YAML file holds: `value`, and the line of every value in it by the way there."""

    def __init__(self, name: str, value: Any, lines: dict[Way, int]) -> None:
        self.name, self.value, self._lines = name, value, lines

    def error(self, way: Way, message: str) -> BadFile:
        """An error about the value at the end of a way."""
        line = next(self._lines[way[:n]] for n in range(len(way), -1, -1) if way[:n] in self._lines)
        field = ".".join(str(step) for step in way)
        return BadFile(f"{self.name}, line {line}: {field + ': ' if field else ''}{message}")


def read_yaml(path: str | os.PathLike[str]) -> Marked:
    """Read a file. Raises `BadFile` for one that is no YAML, too large, or nested too deep; `OSError`.

    Anchors and aliases are refused: a few lines of them can stand for gigabytes.
    """
    import yaml

    with open(path, "rb") as file:
        raw = file.read(MOST + 1)
    if len(raw) > MOST:
        raise BadFile(f"{path}: is larger than {MOST >> 20} MiB")
    lines: dict[Way, int] = {(): 1}

    def plain(node: yaml.Node, way: Way) -> Any:
        lines[way] = node.start_mark.line + 1
        if len(way) > DEEPEST:
            raise BadFile(f"{path}, line {lines[way]}: is nested deeper than {DEEPEST} levels")
        if isinstance(node, yaml.MappingNode):
            made: dict[str, Any] = {}
            for key_node, inner in node.value:
                # As it is written: to YAML, `on` and `no` are true and false.
                key = key_node.value if isinstance(key_node, yaml.ScalarNode) else ""
                if not key or key in made:
                    wrong = f"{key!r} stands here twice" if key else "a name must be plain text"
                    raise BadFile(f"{path}, line {key_node.start_mark.line + 1}: {wrong}")
                made[key] = plain(inner, (*way, key))
            return made
        if isinstance(node, yaml.SequenceNode):
            return [plain(inner, (*way, number)) for number, inner in enumerate(node.value)]
        value = loader.construct_object(node)
        # YAML has dates and infinity besides; here they are text, for JSON has neither.
        plain_json = value is None or isinstance(value, str | int | bool)
        return value if plain_json or (isinstance(value, float) and isfinite(value)) else str(node.value)

    try:
        _look_over(path, yaml.scan(raw))
        loader = yaml.SafeLoader(raw)
        node = loader.get_single_node()
        return Marked(str(path), plain(node, ()) if node is not None else {}, lines)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f", line {mark.line + 1}" if mark else ""
        raise BadFile(f"{path}{where}: is no YAML: {error.problem}") from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        if isinstance(error, BadFile):
            raise
        raise BadFile(f"{path}: is no YAML: {str(error).splitlines()[0]}") from None


def _look_over(path: Any, tokens: Iterable[Any]) -> None:
    """Refuse what takes long or much to read, before it is read. Raises `BadFile`."""
    depth = 0
    for token in tokens:
        kind = type(token).__name__
        if kind.startswith(("Block", "Flow")):
            depth += kind.endswith("StartToken") - kind.endswith("EndToken")
        if kind == "AliasToken":
            raise BadFile(f"{path}: has aliases (*name), which are not read")
        if depth > DEEPEST + 1:
            where = token.start_mark.line + 1
            raise BadFile(f"{path}, line {where}: is nested deeper than {DEEPEST} levels")
