"""One run of the command line: the object that owns arguments, streams, environment, config and clock.

Commands get it and touch nothing else, so a test passes its own streams and environment. Errors of every
kind end here, in one place: one line for a person, one JSON object for a program, and the exit code.
"""

from __future__ import annotations

import os
import sys

from dialkit.cli.streams import Asides
from dialkit.errors import DialkitError, Interrupted, InvalidArgument

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, Self, TextIO

    from dialkit.catalog import Catalog
    from dialkit.cli.parser import Options
    from dialkit.config import Config

EXIT_INTERRUPTED = 130


class App:
    """Arguments, streams and environment of one run; config and catalog when they are asked for."""

    def __init__(
        self,
        argv: list[str],
        *,
        stdin: TextIO | None,
        stdout: TextIO | None,
        stderr: TextIO | None,
        environ: Mapping[str, str],
        cwd: str,
        owns_process: bool = False,
    ) -> None:
        self.argv = argv
        self.stdin = stdin
        self._stdout = stdout
        self.stderr: TextIO = Asides(stderr)  # type: ignore[assignment]  # all of it that is used
        self.environ = environ
        self.cwd = cwd
        self.owns_process = owns_process
        self.options: Options | None = None
        self.asked: str | None = None  # the operation's id, for errors
        self._config: Config | None = None
        self._catalog: Catalog | None = None

    @classmethod
    def of_process(cls, argv: list[str]) -> Self:
        """The run of this very process."""
        from dialkit.cli.streams import utf8

        try:
            cwd = os.getcwd()
        except OSError:  # the folder was removed under us
            cwd = os.sep
        return cls(
            argv,
            stdin=utf8(sys.stdin, "strict"),
            stdout=utf8(sys.stdout, "backslashreplace"),
            stderr=utf8(sys.stderr, "backslashreplace"),
            environ=os.environ,
            cwd=cwd,
            owns_process=True,
        )

    @property
    def stdout(self) -> TextIO:
        """Where data goes. Raises `InvalidArgument` where it is closed, before anything is sent."""
        if self._stdout is None:
            raise InvalidArgument("stdout is closed", hint="to see no output, use >/dev/null")
        return self._stdout

    @property
    def config(self) -> Config:
        """Settings of the user and of the folder."""
        if self._config is None:
            from dialkit.config import Config

            self._config = Config.load(self.environ, self.cwd)
        return self._config

    @property
    def catalog(self) -> Catalog:
        """All operations, those of `dialpad spec use` among them."""
        if self._catalog is None:
            from dialkit.catalog import Catalog
            from dialkit.config.paths import overlay_dir

            self._catalog = Catalog(overlay=overlay_dir(self.environ))
            try:
                self._catalog.groups  # noqa: B018 - reads the index
            except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
                raise InvalidArgument(
                    f"{overlay_dir(self.environ)} is damaged ({type(error).__name__})",
                    hint="dialpad spec use --none, then use the document again",
                ) from None
        return self._catalog

    @property
    def columns(self) -> int:
        """How wide a page of help may be."""
        from dialkit.cli.page import columns

        return columns(self.stdout, self.environ)

    def page(self, text: str) -> None:
        """Show a page of help, in lines that the terminal has room for."""
        from dialkit.cli.page import fitted

        self.stdout.write(fitted(text, self.columns))

    def tell(self, line: str) -> None:
        """Say something to a person: on stderr, with control characters made visible."""
        self.stderr.write(printable(line) + "\n")
        self.stderr.flush()

    @property
    def interactive(self) -> bool:
        """Whether a person sits there who can be asked."""
        return self.stdin is not None and self.stdin.isatty() and self.stderr.isatty()

    def run(self) -> int:
        """Run the command; the exit code. Raises nothing."""
        code = self._guarded()
        if self.owns_process:
            from dialkit.cli.streams import settle

            settle((sys.stdout, 1), (sys.stderr, 2))
        return code

    def _guarded(self) -> int:
        try:
            return self._run()
        except BrokenPipeError:
            return 0  # the reader has gone (``| head``): end without a word
        except KeyboardInterrupt:
            return self._stopped()
        except DialkitError as error:
            return self._failed(error)
        except OSError as error:
            return self._failed(InvalidArgument(_os_text(error)))
        except Exception as error:
            return self._bug(error)

    def _run(self) -> int:
        from dialkit.cli.dispatch import dispatch

        stdout = self.stdout
        code = dispatch(self)
        stdout.flush()
        return code

    def _failed(self, error: DialkitError) -> int:
        error.operation = error.operation or self.asked
        if self._wants_json():
            import json

            self.stderr.write(json.dumps({"error": error.as_dict()}, ensure_ascii=False) + "\n")
        else:
            self.stderr.write(f"error: {printable(error.message)}\n")
            if error.hint:
                self.stderr.write(f"hint: {printable(error.hint)}\n")
        self.stderr.flush()
        return error.exit_code

    def _wants_json(self) -> bool:
        if self.options is not None and self.options.output is not None:
            return self.options.output in ("json", "ndjson")
        return not (self._stdout is not None and self._stdout.isatty()) and not self.stderr.isatty()

    def _stopped(self) -> int:
        if self._wants_json():
            self._failed(Interrupted("interrupted; nothing that changes anything was under way"))
        else:
            self.stderr.write("\n")
        self.stderr.flush()
        if self.owns_process:
            # A request that only reads may still be under way in another thread, and would keep us here.
            os._exit(EXIT_INTERRUPTED)
        return EXIT_INTERRUPTED

    def _bug(self, error: Exception) -> int:
        import traceback

        if self.environ.get("DIALKIT_DEBUG"):
            self.stderr.write(traceback.format_exc())
        place = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{os.path.basename(place.filename)}:{place.lineno}"
        return self._failed(
            DialkitError(
                f"a bug in dialkit: {type(error).__name__} at {where}",
                hint="run it again with DIALKIT_DEBUG=1 and report what it prints",
            )
        )


def _os_text(error: OSError) -> str:
    name = f"{error.filename}: " if error.filename else ""
    return f"{name}{error.strerror or error}"


def printable(text: Any) -> str:
    """Text from outside, fit for a terminal: control characters and text-direction marks become visible."""
    shown = str(text)
    if shown.isprintable():
        return shown
    return "".join(c if c.isprintable() or c == "\n" else c.encode("unicode_escape").decode() for c in shown)
