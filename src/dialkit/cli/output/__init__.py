"""How the command line shows data: one JSON value, or a stream of items, in the form asked for.

    options = options_for(sys.stdout, os.environ, format="csv", fields=parse_fields("id,contact.name"))
    check(options)                                     # before any request: format, --fields, --jq
    write(Items(pages), options, sys.stdout, sys.stderr)

`json`, `ndjson`, `csv`, `tsv`, `ids` and `yaml` write each item as soon as it comes, in bounded memory
(csv and tsv hold back `records.SAMPLE` items to find their columns, unless fields are given; a table
holds back `table.SAMPLE` to size them). Each item is flushed, so that a closed pipe stops the next
request. Where the stream of items fails, what came before is shown first, whole and well-formed.

Text from outside is data. On a terminal every control character and every override of direction is
shown as an escape such as ``\\x1b``, in every format but `raw`. In a pipe, text is UTF-8 with ``\\n``
line ends; a lone surrogate, which UTF-8 cannot hold, is written as ``\\ud800``.

`BrokenPipeError` is left to the caller. Importing this package costs no more than `typing`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dialkit.cli.output.options import FORMATS, Items, Options, choose_format, options_for

if TYPE_CHECKING:
    from typing import TextIO

__all__ = ["FORMATS", "Items", "Options", "check", "choose_format", "options_for", "write"]


def check(options: Options) -> None:
    """Find what is wrong with the options before a request is made.

    Raises `InvalidArgument`: an unknown format, a `--jq` expression that does not compile, or `raw`
    together with fields or an expression.
    """
    from dialkit.errors import InvalidArgument

    if options.format is not None and options.format not in FORMATS:
        raise InvalidArgument(f"no output format {options.format!r}", hint="-o " + "|".join(FORMATS))
    if options.format == "raw" and (options.fields or options.jq is not None):
        raise InvalidArgument("-o raw prints the answer as received, so --fields and --jq do not apply")
    if options.jq is not None:
        from dialkit.cli.output.query import compile_jq

        compile_jq(options.jq)


def write(data: Any, options: Options, out: TextIO, err: TextIO | None = None) -> None:
    """Write `data` to `out` as `options` say: fields are picked first, then `--jq` runs, then it is drawn.

    `data` is a JSON value, `Items` (a list that is still coming), or bytes (an answer that is not JSON,
    or for `raw`). `err` takes notes to a person, such as columns that were left out.

    With `jq` and no format each result is one line, strings as they are. With a format, json among them, a
    single result is what is drawn, and several are its items.

    Raises `InvalidArgument` where the answer does not go with the options, and whatever the iterator of
    `Items` raises, after writing what came before.
    """
    _prepare(out, options.is_tty)
    if isinstance(data, bytes):
        from dialkit.cli.output.documents import write_raw

        write_raw(data, options, out)
        return
    if options.fields:
        from dialkit.cli.output.fields import project

        data = project(data, options.fields)
    if options.jq is not None:
        from dialkit.cli.output.query import query, write_results

        results = query(options.jq, data)
        if options.format is None:
            write_results(results, options, out)
            return
        found = list(results)
        data = found[0] if len(found) == 1 else Items(found)
    form = choose_format(options)
    if form in ("csv", "tsv", "ids"):
        from dialkit.cli.output.records import WRITERS
    elif form == "table":
        from dialkit.cli.output.table import WRITERS
    else:
        from dialkit.cli.output.documents import WRITERS
    note = WRITERS[form](data, options, out)
    out.flush()
    if note and err:
        err.write(f"note: {note}\n")


def _prepare(out: TextIO, is_tty: bool) -> None:
    """Let no character stop the output; in a pipe the encoding and line ends are the same everywhere."""
    reconfigure = getattr(out, "reconfigure", None)
    if reconfigure is None:  # a StringIO takes any text
        return
    if is_tty:
        reconfigure(errors="backslashreplace")
    else:
        reconfigure(encoding="utf-8", errors="backslashreplace", newline="\n")
