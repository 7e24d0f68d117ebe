"""The entry points of ``bin/``: each a `dialpad` command under an older name, and JSON for programs.

    from dialkit.cli.wrapper import main
    sys.exit(main("send_sms.py", ("sms", "send"), "send_sms.send"))

With ``--json`` one object is printed on stdout, whatever happens: ``{"ok": true, "command", "data", "meta"}``
or ``{"ok": false, "command", "error": {"code", "message", "retryable", "hint"}, "meta"}``.
"""

from __future__ import annotations

import io
import sys
from typing import TYPE_CHECKING, Any

from dialkit.cli import process
from dialkit.cli.app import App
from dialkit.errors import InvalidArgument, PartialSuccess

if TYPE_CHECKING:
    from dialkit.errors import DialkitError

SCHEMA_VERSION = "1"


def main(wrapper: str, words: tuple[str, ...], command: str, argv: list[str] | None = None) -> int:
    """Run the command of a wrapper with the arguments of this process; its exit code.

    `words` name the `dialpad` command; `command` is what the JSON calls it. A wrapper with subcommands gives
    a name that ends with a dot, and the first word of the line is added to it.
    """
    if argv is None:
        process.begin()
        return process.end(main(wrapper, words, command, sys.argv[1:]))
    argv = list(argv)
    own = argv[: argv.index("--")] if "--" in argv else argv
    if "--json" not in own:
        return App.of_process([*words, *argv]).run()
    argv.remove("--json")
    if command.endswith("."):
        command += next((word for word in argv if not word.startswith("-")), "help")
    end = argv.index("--") if "--" in argv else len(argv)
    return Enveloped.of(wrapper, command, [*words, *argv[:end], "-o", "json", *argv[end:]]).run()


class Enveloped(App):
    """A run whose outcome is one JSON object on stdout."""

    wrapper = command = ""
    stream: Any = None

    @classmethod
    def of(cls, wrapper: str, command: str, argv: list[str]) -> Enveloped:
        """The run of this process, its data kept back."""
        run = cls.of_process(argv)
        run.wrapper, run.command = wrapper, command
        run.stream, run._stdout = run._stdout, io.StringIO()
        return run

    def _wants_json(self) -> bool:
        return True

    def _run(self) -> int:
        import json

        if self.stream is None:
            raise InvalidArgument("stdout is closed", hint="to see no output, use >/dev/null")

        code = super()._run()
        kept = self.stdout
        assert isinstance(kept, io.StringIO)
        text = kept.getvalue()
        try:
            data = json.loads(text) if text else None
        except ValueError:  # a help page
            data = {"text": text}
        try:
            self._print({"ok": True, "command": self.command, "data": data})
        except OSError as error:  # what was done stays done
            self.stream = self.stderr
            raise PartialSuccess(
                f"it was done; showing it failed: {error.strerror or error}",
                done=data,
                hint="do not do it again before you have looked",
            ) from error
        return code

    def _failed(self, error: DialkitError) -> int:
        told = {name: error.as_dict()[name] for name in ("code", "message", "retryable", "hint")}
        shown: dict[str, Any] = {"ok": False, "command": self.command, "error": told}
        if isinstance(error, PartialSuccess) and isinstance(error.done, dict | list | str):
            shown["data"] = error.done
        try:
            self._print(shown)
        except OSError:  # a full disk
            self.stream = self.stderr
            self._print(shown)
        return error.exit_code

    def _print(self, shown: dict[str, Any]) -> None:
        import json
        from datetime import UTC, datetime

        now = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        meta = {"schema_version": SCHEMA_VERSION, "wrapper": self.wrapper, "timestamp_utc": now}
        stream = self.stream or self.stderr
        try:
            stream.write(json.dumps({**shown, "meta": meta}, ensure_ascii=False) + "\n")
            stream.flush()
        except BrokenPipeError:
            pass  # the reader has gone
