"""``dialpad auth login --oauth``: the user agrees in a browser, and what comes back becomes tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialkit.errors import DialkitError, KeyMissing, PermissionDenied

if TYPE_CHECKING:
    import argparse
    from contextlib import nullcontext

    from dialkit.cli.account.loopback import Listener, Verdict
    from dialkit.cli.app import App
    from dialkit.client.pkce import Attempt
    from dialkit.client.settings import Settings
    from dialkit.config.grants import Grant


def log_in(app: App, settings: Settings, found: argparse.Namespace) -> Grant:
    """The tokens of a user who agrees in the browser; not stored yet, and nobody has asked whose they are.

    Raises `KeyMissing` where no answer comes in time, `PermissionDenied` for a no, `InvalidArgument` for
    flags and ports, and what asking for tokens may raise.
    """
    from dialkit.cli.account.asked import read
    from dialkit.cli.account.typed import Lines
    from dialkit.client.clock import Clock
    from dialkit.client.oauth import redeem

    lines = Lines(app.stdin)
    asked = read(app, found, lines)
    answers = Answers(app)
    with _listening(asked.host, asked.port, asked.path, answers) as port:
        uri = asked.uri or f"http://{asked.host}:{port}{asked.path}"
        attempt = answers.expect(asked.client_id, uri, asked.scopes)
        url = attempt.url(settings)
        app.tell(f"Agree in the browser, within {asked.wait:g} s, at this address:\n{url}")
        if asked.browser:
            _open(app, url)
        else:
            app.tell("If that browser is on another machine: paste the address it is led to here.")
            lines.each(answers.pasted, answers.over if not asked.host else lambda: None)
        code = answers.first(asked.wait)
    return redeem(settings, attempt, code, asked.secret, Clock())


class Answers:
    """What comes back from the browser, or is pasted. The first that is an answer counts, and no other."""

    def __init__(self, app: App) -> None:
        from queue import SimpleQueue

        self._app = app
        self._open: list[Attempt] = []  # at most one; whoever takes it out has answered it
        self._came: SimpleQueue[str | DialkitError] = SimpleQueue()
        self._warned = False

    def expect(self, client_id: str, uri: str, scopes: tuple[str, ...]) -> Attempt:
        """A new attempt, whose answer is waited for from now on."""
        from dialkit.client.pkce import Attempt

        attempt = Attempt.begin(client_id, uri, scopes)
        self._open.append(attempt)
        return attempt

    def requested(self, query: str) -> Verdict:
        """What is answered to a request for the address that a browser is led back to."""
        from dialkit.cli.account.loopback import Verdict

        try:
            came = self._taken(query)
        except DialkitError:
            if not self._warned:
                self._warned = True
                self._app.tell("note: a request that is no answer to this login was turned away")
            return Verdict(400, "Not the answer", "This is no answer to the login that is waited for.")
        if came is None:
            return Verdict(410, "Over", "This login has had its answer. Go back to the terminal.")
        if isinstance(came, str):
            title, text, status = "Thank you", "Go back to the terminal: it says how it went.", 200
        else:
            title, text, status = "Not logged in", came.message, 403
        return Verdict(status, title, text, lambda: self._came.put(came))

    def pasted(self, line: str) -> None:
        """A line that was typed: an answer, or something else."""
        try:
            came = self._taken(line.partition("#")[0].rpartition("?")[2]) if line else None
        except DialkitError:
            self._app.tell(
                "note: that is not the address of this login; paste all of it, from http to the end"
            )
            return
        if came is not None:
            self._came.put(came)

    def over(self) -> None:
        """Nothing will be pasted any more."""
        self._came.put(KeyMissing("no address was pasted; nothing is stored", hint="run it again"))

    def first(self, wait: float) -> str:
        """The code. Raises `PermissionDenied`, and `KeyMissing` where none comes within so many seconds."""
        from queue import Empty
        from time import monotonic

        end = monotonic() + wait
        while (left := end - monotonic()) > 0:
            try:
                came = self._came.get(timeout=min(left, 0.25))  # Windows hears Ctrl-C only between two waits
            except Empty:
                continue
            if isinstance(came, DialkitError):
                raise came
            return came
        raise KeyMissing(
            f"nobody agreed within {wait:g} s; nothing is stored",
            hint="if the browser shows an error, it says what is wrong; if it is elsewhere, add --no-browser",
        )

    def _taken(self, query: str) -> str | PermissionDenied | None:
        """What an answer says; None where there was one before. Raises `DialkitError` for what is none."""
        waiting = self._open[:1]
        if not waiting:
            return None
        came: str | PermissionDenied
        try:
            came = waiting[0].code(query)
        except PermissionDenied as error:
            came = error
        try:
            self._open.remove(waiting[0])
        except ValueError:  # another thread was quicker
            return None
        return came


def _listening(host: str, port: int, path: str, answers: Answers) -> Listener | nullcontext[int]:
    """Listen there, if anywhere, and give the port."""
    from contextlib import nullcontext

    from dialkit.cli.account.loopback import Listener

    return Listener(host, port, path, answers.requested) if host else nullcontext(0)


def _open(app: App, url: str) -> None:
    """Open the browser, without waiting for it: some come back only when they are closed."""
    import threading

    def work() -> None:
        import webbrowser

        try:
            opened = webbrowser.open(url)
        except (webbrowser.Error, OSError):
            opened = False
        if not opened:
            app.tell(
                "note: no browser could be opened; open the address yourself (elsewhere: with --no-browser)"
            )

    threading.Thread(target=work, daemon=True).start()
