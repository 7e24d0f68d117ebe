"""One run of the command line: the object that owns arguments, streams, environment, config and clock.

Commands get it and touch nothing else, so a test passes its own streams and environment. Errors of every
kind end here, in one place: one line for a person, one JSON object for a program, and the exit code.
"""

from __future__ import annotations

import os
import sys

from dialkit.errors import DialkitError, InvalidArgument

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, TextIO

    from dialkit.catalog import Catalog
    from dialkit.cli.parser import Options
    from dialkit.config import Config

EXIT_BUG = 1
EXIT_INTERRUPTED = 130


class App:
    """Arguments, streams and environment of one run; config and catalog when they are asked for."""

    def __init__(
        self,
        argv: list[str],
        *,
        stdin: TextIO,
        stdout: TextIO,
        stderr: TextIO,
        environ: Mapping[str, str],
        cwd: str,
    ) -> None:
        self.argv = argv
        self.stdin = stdin
        self.stdout = stdout
        self.stderr = stderr
        self.environ = environ
        self.cwd = cwd
        self.options: Options | None = None
        self.asked: str | None = None  # the operation's id, for errors
        self._config: Config | None = None
        self._catalog: Catalog | None = None

    @classmethod
    def of_process(cls, argv: list[str]) -> App:
        """The run of this very process."""
        for stream in (sys.stdout, sys.stderr):
            reconfigure = getattr(stream, "reconfigure", None)
            if reconfigure:
                reconfigure(encoding="utf-8", errors="backslashreplace")
        return cls(
            argv, stdin=sys.stdin, stdout=sys.stdout, stderr=sys.stderr, environ=os.environ, cwd=os.getcwd()
        )

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

    def tell(self, line: str) -> None:
        """Say something to a person: on stderr, with control characters made visible."""
        self.stderr.write(printable(line) + "\n")
        self.stderr.flush()

    @property
    def interactive(self) -> bool:
        """Whether a person sits there who can be asked."""
        return self.stdin.isatty() and self.stderr.isatty()

    def run(self) -> int:
        """Run the command; the exit code. Raises nothing."""
        try:
            return self._run()
        except BrokenPipeError:
            return quiet_pipe()
        except KeyboardInterrupt:
            return self._stopped()
        except OSError as error:
            return self._failed(InvalidArgument(_os_text(error)))
        except Exception as error:
            return self._bug(error)

    def _run(self) -> int:
        from dialkit.cli.dispatch import dispatch

        try:
            code = dispatch(self)
        except DialkitError as error:
            code = self._failed(error)
        self.stdout.flush()
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
        return not self.stdout.isatty() and not self.stderr.isatty()

    def _stopped(self) -> int:
        # A request may still be under way in another thread, which would keep the process from ending.
        self.stderr.write("\n")
        self.stderr.flush()
        if self.stderr is sys.stderr:
            os._exit(EXIT_INTERRUPTED)
        return EXIT_INTERRUPTED

    def _bug(self, error: Exception) -> int:
        import traceback

        if self.environ.get("DIALKIT_DEBUG"):
            self.stderr.write(traceback.format_exc())
        place = traceback.extract_tb(error.__traceback__)[-1]
        self.stderr.write(
            f"error: a bug in dialkit: {type(error).__name__}"
            f" at {os.path.basename(place.filename)}:{place.lineno}\n"
            "hint: run it again with DIALKIT_DEBUG=1 and report what it prints\n"
        )
        return EXIT_BUG


def _os_text(error: OSError) -> str:
    name = f"{error.filename}: " if error.filename else ""
    return f"{name}{error.strerror or error}"


def printable(text: Any) -> str:
    """Text from outside, fit for a terminal: control characters and text-direction marks become visible."""
    shown = str(text)
    if shown.isprintable():
        return shown
    return "".join(c if c.isprintable() or c == "\n" else c.encode("unicode_escape").decode() for c in shown)


def quiet_pipe() -> int:
    """The reader has gone (``| head``): end without a word."""
    try:
        sys.stdout.close()
    except OSError:
        pass
    # Python would complain once more when it flushes at exit.
    devnull = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(devnull, 1)
    except OSError:
        pass
    return 0
