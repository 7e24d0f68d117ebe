"""YAML that YAML 1.1 and 1.2 readers take for the same data."""

from __future__ import annotations

import re
from typing import Any

import yaml

# Strings that one of the two versions reads as a number, a boolean or null when they stand bare. PyYAML
# quotes those of version 1.1; 1.2 adds numbers such as 1e5 and 0o17, and 1.1 readers differ about y and n.
AMBIGUOUS = re.compile(r"[-+.]?[0-9][0-9a-fA-Fox_.:+-]*|[-+]?\.?(inf|nan)|[yn]", re.IGNORECASE)
# libyaml writes characters beyond U+FFFF as escapes, and fails on lone surrogates.
NOT_FOR_LIBYAML = re.compile("[\ud800-\udfff\U00010000-\U0010ffff]")

# PyYAML takes these for printable, and then writes them as line ends.
ESCAPED = re.compile("[\x85\u2028\u2029\ufeff]")


def _string(dumper: Any, text: str) -> Any:
    quote = '"' if ESCAPED.search(text) else "'" if AMBIGUOUS.fullmatch(text) else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=quote)


def _dumper(base: Any) -> Any:
    # No anchors: the same list shown twice is two lists.
    made: Any = type("Dumper", (base,), {"ignore_aliases": lambda *_: True})
    made.add_representer(str, _string)
    return made


PLAIN = _dumper(yaml.SafeDumper)
QUICK = _dumper(getattr(yaml, "CSafeDumper", yaml.SafeDumper))


def dump(value: Any) -> str:
    """The value in block style, keys in their order, long lines unfolded, without a document marker."""
    text = _dump(value, PLAIN if _has_wide(value) else QUICK)
    return text.removesuffix("...\n")


def _has_wide(value: Any) -> bool:
    if isinstance(value, str):
        return NOT_FOR_LIBYAML.search(value) is not None
    if isinstance(value, dict):
        return any(_has_wide(part) for pair in value.items() for part in pair)
    return isinstance(value, list) and any(map(_has_wide, value))


def _dump(value: Any, dumper: Any) -> str:
    made: str = yaml.dump(
        value, Dumper=dumper, allow_unicode=True, sort_keys=False, default_flow_style=False, width=2**31 - 1
    )
    return made
