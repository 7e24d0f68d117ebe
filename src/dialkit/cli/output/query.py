"""`--jq`: an expression over the whole answer, by the library of jq itself."""

from __future__ import annotations

import json
import re
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any

from dialkit.cli.output.documents import encoder
from dialkit.cli.output.options import Items, take

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import TextIO

    from dialkit.cli.output.options import Options
    from dialkit.errors import InvalidArgument

LONGEST = 200
"""Characters of an expression, or of jq's message, that an error repeats."""
EXACT = 2**53
"""Up to here jq calculates with integers as they are."""
LONG = re.compile(r"\d{16,}")


@lru_cache(maxsize=1)
def compile_jq(expression: str) -> Any:
    """The program of an expression, whose results are text.

    jq passes numbers on as they were written, but the library reads its results as doubles, which changes ids
    beyond 2^53. Raises `InvalidArgument` with jq's own message where it has an error.
    """
    import jq

    try:
        return jq.compile(f"({expression}\n) | tojson")
    except ValueError as wrapped:
        try:
            jq.compile(expression)
            error = wrapped
        except ValueError as plain:  # what it says of the expression alone
            error = plain
    raise _wrong(expression, error, hint="--jq '.name', or --jq '.[].name' for a list")


def query(expression: str, data: Any) -> Iterator[Any]:
    """The results of an expression, one by one. Items are collected first: it sees one array.

    Integers beyond 2^53 stay as they are. One that was calculated is refused: jq calculates with doubles, and
    its last digits may be wrong. An error of the items is raised after the results of those that came,
    `InvalidArgument` where the expression does not go with the data.
    """
    program = compile_jq(expression)
    data, failed = take(iter(data)) if isinstance(data, Items) else (data, None)
    # jq refuses lone surrogates, which are no characters.
    text = re.sub("[\ud800-\udfff]", "\N{REPLACEMENT CHARACTER}", json.dumps(data, ensure_ascii=False))
    known = set(LONG.findall(text))

    def integer(written: str) -> int:
        number = int(written)
        if abs(number) > EXACT and written.lstrip("-") not in known:
            raise _inexact(expression, written)
        return number

    before = _let_signals_end_us()
    try:
        for result in program.input_text(text):
            yield json.loads(result, parse_int=integer if LONG.search(result) else None)
    except ValueError as error:
        raise _wrong(expression, error) from None
    finally:
        for restore in before:
            restore()
    if failed:
        raise failed


def _let_signals_end_us() -> list[Callable[[], object]]:
    """Let Ctrl-C and SIGTERM end the process, for jq does not come back to hear them; what undoes it."""
    import signal

    undo: list[Callable[[], object]] = []
    try:
        for number in (signal.SIGINT, signal.SIGTERM):
            before = signal.signal(number, signal.SIG_DFL)
            undo.append(partial(signal.signal, number, before))
    except ValueError:  # not in the main thread
        pass
    return undo


def write_results(results: Iterator[Any], options: Options, out: TextIO) -> None:
    """One result a line: strings as they are, other values as compact JSON."""
    encode = encoder(options)
    show: Callable[[str], str] = str
    if options.is_tty:
        from dialkit.cli.output.text import show_lines as show
    for result in results:
        out.write((show(result) if isinstance(result, str) else encode(result)) + "\n")
        out.flush()


def _wrong(expression: str, error: ValueError, hint: str | None = None) -> InvalidArgument:
    from dialkit.cli.output.text import show
    from dialkit.errors import InvalidArgument

    line = str(error).removeprefix("jq: error: ").partition("\n")[0]
    said = line.replace(" at <top-level>", "").rstrip(":")
    return InvalidArgument(f"--jq {_short(expression)!r}: {show(_short(said))}", hint=hint)


def _inexact(expression: str, number: str) -> InvalidArgument:
    from dialkit.errors import InvalidArgument

    return InvalidArgument(
        f"--jq {_short(expression)!r}: {_short(number)} was calculated, and jq is exact up to 2^53 only",
        hint="leave integers as they come; as text: --jq '.id | tostring'",
    )


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else text[:LONGEST] + "…"
