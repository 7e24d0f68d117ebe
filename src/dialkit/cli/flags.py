"""The flags of an operation: from its fields to argparse, and from the arguments to typed values.

Every field is a flag in kebab-case (snake_case is read too). Arrays repeat or come as JSON; objects come as
JSON or dotted (``--to.target-id 5``); booleans are ``--x``, ``--no-x`` or ``--x true``. Path parameters may
also stand as plain words in their order. Everything is checked before any request.
"""

from __future__ import annotations

import os

from dialkit.catalog.model import kind, properties, resolve
from dialkit.catalog.values import ValueFault, read, read_array
from dialkit.cli.options import takes_alias
from dialkit.cli.parser import Options, Parser, add_global, read_global, with_defaults
from dialkit.cli.streams import read_text
from dialkit.cli.words import reading
from dialkit.errors import InvalidArgument

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from dialkit.catalog import Operation
    from dialkit.catalog.model import Schema
    from dialkit.cli.app import App
    from dialkit.cli.words.reading import Turn

FEW = 3  # missing fields that an example on one line shows well enough
MAX_DATA = 2_000_000  # bytes read for --data: above Dialpad's own bound, so that the request's check names it


def parse(app: App, operation: Operation, argv: list[str]) -> tuple[Options, dict[str, Any], list[str]]:
    """Read `argv` for `operation`: global options, texts given by flag, and words left over."""
    argv = [_kebab(token) for token in argv]
    parser = Parser(prog=f"dialpad {operation.group} {' '.join(operation.name.split('.'))}")
    add_global(parser)
    if operation.effect == "outward":
        parser.add_argument("--once", metavar="KEY", default=None)
        parser.add_argument("--again", action="store_true")
    known = dict.fromkeys(parser._option_string_actions)
    for field in operation.fields:
        found = kind(resolve(field.schema, operation.schemas))
        how: dict[str, Any] = {"dest": field.name, "default": None}
        if found == "boolean":
            parser.add_argument(field.flag, nargs="?", const="true", **how)
            parser.add_argument("--no-" + field.flag[2:], action="store_const", const="false", **how)
        elif found == "array":
            parser.add_argument(field.flag, action="append", **how)
        else:
            parser.add_argument(field.flag, **how)
    for old, how in reading.arguments(operation):
        parser.add_argument(old, **how)
    for dotted in _dotted(argv, operation):
        parser.add_argument(dotted, dest=dotted[2:].replace("-", "_"), default=None)
    found_args, left = parser.parse_known_args(argv)
    app.options = options = read_global(found_args)
    if not options.help:  # help works with a broken config, too
        app.options = options = with_defaults(options, app.config)
    strange = next((word for word in left if word.startswith("-") and word != "-"), None)
    if strange is not None:
        raise _unknown_flag(strange, operation, parser.prog, list(known))
    # argparse takes the value of --text=-- for the end of options, and gives an empty list.
    texts = {k: "--" if v == [] else v for k, v in vars(found_args).items()}
    given = {k: v for k, v in texts.items() if v is not None and k not in Options._fields}
    return options, given, left


def values(turn: Turn, words: list[str]) -> Any:
    """Typed parameters and the body of `--data`, checked against the catalog: ``(params, body)``."""
    app, operation, options, given = turn.app, turn.operation, turn.options, turn.given
    _take_words(operation, given, words)
    body = _data(app, options.data, operation)
    reading.fill(turn, body)
    params: dict[str, Any] = {}
    for name, text in given.items():
        if "." in name:
            _put_dotted(app, operation, params, name, text)
            continue
        field = operation.field(name)
        assert field is not None  # argparse knows no other names
        params[field.name] = _read(app, field.flag, field.schema, operation, text)
    _require(operation, params, body)
    whole = {
        **(body or {}),
        **{f.name: params[f.name] for f in operation.fields if f.place == "body" and f.name in params},
    }
    if operation.body is not None and (whole or operation.body["required"]):
        _check_body(app, operation, whole)
    _check_rules(app, operation, {**dict(options.query), **params, **whole})
    return params, body


def _kebab(token: str) -> str:
    if not token.startswith("--") or "_" not in token:
        return token
    name, equals, value = token.partition("=")
    return name.replace("_", "-") + equals + value


def _dotted(argv: list[str], operation: Operation) -> list[str]:
    """Flags such as ``--to.target-id`` that occur and lead somewhere."""
    found = []
    for token in argv:
        name = token.partition("=")[0]
        if name.startswith("--") and "." in name and name not in found and _inner(operation, name[2:]):
            found.append(name)
    return found


def _inner(operation: Operation, dotted: str) -> Schema | None:
    """The schema at the end of a dotted name; None where it leads nowhere."""
    first, *rest = dotted.replace("-", "_").split(".")
    field = operation.field(first)
    schema: Schema | None = field.schema if field else None
    for name in rest:
        schema = properties(schema, operation.schemas).get(name) if schema is not None else None
    return schema


def _put_dotted(app: App, operation: Operation, params: dict[str, Any], name: str, text: str) -> None:
    schema = _inner(operation, name)
    assert schema is not None  # only such flags were added
    *above, last = name.split(".")
    flag = "--" + name.replace("_", "-")
    target: Any = params
    for part in above:
        target = target.setdefault(part, {})
        if not isinstance(target, dict):
            raise InvalidArgument(
                f"{flag}: {part} was given as a whole already", hint=f"leave out {flag} or --{part}"
            )
    value = _read(app, flag, schema, operation, text)
    if target.get(last, value) != value:
        raise InvalidArgument(
            f"{flag} is {value}, and --{above[0].replace('_', '-')} says {target[last]}",
            hint="leave out one of the two",
        )
    target[last] = value


def _read(app: App, flag: str, schema: Schema, operation: Operation, text: Any) -> Any:
    found = _kind_of_items(schema, operation)
    if takes_alias(flag, found):
        plain = [text] if isinstance(text, str) else text
        named = [_alias(app, flag, one, found) for one in plain]
        text = named[0] if isinstance(text, str) else named
    return _convert(flag, schema, operation, text)


def _alias(app: App, flag: str, text: str, found: str | None) -> str:
    """What a text stands for. `InvalidArgument` for a name that stands for nothing where an id is due."""
    if text in ("null", "me"):
        return text
    known = app.config.alias(text)
    if known is None and found == "integer" and flag.endswith(("-id", "-ids", "--id", "--ids")):
        from dialkit.config.table import is_name, nearest

        if is_name(text) and text[:1] != "-":
            names = [name[len("aliases.") :] for name in app.config.values if name.startswith("aliases.")]
            near = nearest(text, names)
            meant = f"did you mean {near}? else: " if near else ""
            raise InvalidArgument(
                f"{flag} must be an integer or an alias; there is no alias {text!r}",
                hint=f"{meant}dialpad alias set {text} 5600000000000001",
            )
    return known or text


def _kind_of_items(schema: Schema, operation: Operation) -> str | None:
    """The JSON type of a value, of a list that of its items."""
    whole = resolve(schema, operation.schemas)
    return kind(resolve(whole.get("items", {}), operation.schemas)) if kind(whole) == "array" else kind(whole)


def _convert(flag: str, schema: Schema, operation: Operation, text: Any) -> Any:
    try:
        if isinstance(text, list):
            return read_array(text, schema, operation.schemas, flag=flag)
        return read(text, schema, operation.schemas, flag=flag)
    except ValueFault as fault:
        raise InvalidArgument(fault.message, hint=fault.hint or _help(operation)) from None


def _help(operation: Operation) -> str:
    return f"dialpad {operation.group} {' '.join(operation.name.split('.'))} --help"


def _take_words(operation: Operation, given: dict[str, Any], words: list[str]) -> None:
    """Plain words are path parameters, in the order of the path."""
    places = [f.name for f in operation.fields if f.place == "path" and f.name not in given]
    given.update(zip(places, words, strict=False))
    if len(words) > len(places):
        extra = words[len(places)]
        raise InvalidArgument(
            f"{operation.id}: {extra!r} is one word too many",
            hint=f"values go with their flags; see: dialpad {operation.id} --help",
        )


def _data(app: App, text: str | None, operation: Operation) -> dict[str, Any] | None:
    if text is None:
        return None
    if operation.body is None:
        raise InvalidArgument(f"--data: {operation.id} takes no body", hint=f"dialpad {operation.id} --help")
    body = read_json(app, text)
    if not isinstance(body, dict):
        raise InvalidArgument("--data: not a JSON object", hint=f"dialpad schema {operation.id} --example")
    return body


def read_json(app: App, text: str) -> Any:
    """JSON from the line, from ``@file`` or from stdin (``-``). Raises `InvalidArgument`."""
    import json

    where = "--data"
    if text == "-":
        where = "--data -"
        try:
            text = read_text(app.stdin, MAX_DATA + 1)
        except UnicodeDecodeError:
            raise InvalidArgument(f"{where}: not UTF-8", hint="send the text as UTF-8") from None
    elif text.startswith("@"):
        where = "--data " + text
        path = os.path.join(app.cwd, os.path.expanduser(text[1:]))
        try:
            with open(path, encoding="utf-8-sig") as file:
                text = file.read(MAX_DATA + 1)
        except UnicodeDecodeError:
            raise InvalidArgument(f"{where}: not UTF-8", hint="save the file as UTF-8") from None
        except OSError as error:
            raise InvalidArgument(
                f"{where}: {error.strerror}", hint="write @ and then the file's path"
            ) from None
    if len(text) > MAX_DATA:
        raise InvalidArgument(
            f"{where}: more than {MAX_DATA:,} characters; Dialpad takes at most 1 MB in one request",
            hint="make the attachment smaller, or send less at once",
        )
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InvalidArgument(
            f"{where}: not JSON: {error}", hint="""quote it once: --data '{"text": "Hello"}'"""
        ) from None


def _require(operation: Operation, params: dict[str, Any], body: dict[str, Any] | None) -> None:
    missing = [
        f
        for f in operation.fields
        if f.required and f.name not in params and not (f.place == "body" and f.name in (body or {}))
    ]
    if len(missing) > FEW:
        from dialkit.cli.help import type_name

        kinds = (type_name(resolve(field.schema, operation.schemas), operation) for field in missing)
        told = ", ".join(f"{field.flag} ({found})" for field, found in zip(missing, kinds, strict=True))
        raise InvalidArgument(
            f"{operation.id} needs {told}",
            hint=f"dialpad schema {operation.id} --example > body.json; change it, then "
            f"dialpad {operation.id} --data @body.json",
        )
    if missing:
        from dialkit.cli.help import example_line

        raise InvalidArgument(
            f"{operation.id} needs {' and '.join(f.flag for f in missing)}", hint=example_line(operation)
        )


def _check_body(app: App, operation: Operation, body: dict[str, Any]) -> None:
    from dialkit.catalog.validate import faults, unknown

    assert operation.body is not None
    for fault in faults(body, operation.body["schema"], operation.schemas):
        raise InvalidArgument(
            f"{operation.id}: {fault.path or 'body'} {fault.message}",
            hint=f"dialpad schema {operation.id} --request",
        )
    for name in unknown(body, operation.body["schema"], operation.schemas):
        app.tell(f"warning: {operation.id} is not known to take {name}; it is sent as given")


def _check_rules(app: App, operation: Operation, values: dict[str, Any]) -> None:
    """What values must be to one another, and to the clock."""
    import time

    from dialkit.catalog import rules

    found = rules.faults_of_rules(values, operation.source.get("requires", []), rules.flag)
    if span := rules.fault_of_span(operation, values, rules.flag):
        if operation.source["max-span"].get("reported"):
            app.tell(f"warning: {operation.id}: {span.path} {span.message}, as integrators report")
        else:
            found.append(span)
    found += rules.faults_of_clock(operation, values, time.time(), rules.flag)
    if found:
        raise InvalidArgument(
            f"{operation.id}: " + "; ".join(f"{fault.path} {fault.message}" for fault in found),
            hint=_help(operation),
        )


# Flags that other tools have, and what stands for them here.
ELSEWHERE = {
    "--limit": "--max-items",
    "--per-page": "--max-items",
    "--page": "--cursor",
    "--format": "--output",
    "--json": "--output json",
    "--body": "--data",
    "--filter": "--jq",
}


def _unknown_flag(flag: str, operation: Operation, prog: str, known: list[str]) -> InvalidArgument:
    from dialkit.catalog.model import nearest

    name = flag.partition("=")[0]
    ours = [f.flag for f in operation.fields] + [k for k in known if k.startswith("--")]
    near = [ELSEWHERE.get(found, found) for found in nearest(name, [*ours, *ELSEWHERE])]
    meant = f"did you mean {' or '.join(dict.fromkeys(near))}? " if near else ""
    return InvalidArgument(f"{operation.id} has no flag {name}", hint=f"{meant}see: {prog} --help")
