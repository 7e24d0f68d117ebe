"""A client for one run of the command line: its settings, its patience, and what it tells a person."""

from __future__ import annotations

from dialkit.client import Dialpad, Policy, Settings
from dialkit.client.clock import Clock

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from dialkit.cli.app import App
    from dialkit.cli.parser import Options
    from dialkit.client import Request, Retry
    from dialkit.client.response import Response

# Waits shorter than this pass without a word.
QUIET = 2.0


class CountingClock(Clock):
    """Real time that counts down on a terminal, so that a wait is not taken for a hang."""

    def __init__(self, app: App) -> None:
        self._app = app

    def sleep(self, seconds: float, why: str = "") -> None:
        """Wait; from two seconds on, say for what and how long still."""
        stream = self._app.stderr
        if seconds < QUIET:
            super().sleep(seconds)
            return
        what = "Dialpad's limit" if why == "limit" else "the next try"
        if not stream.isatty():
            stream.write(f"note: waiting {seconds:.0f} s for {what}\n")
            stream.flush()
            super().sleep(seconds)
            return
        end = self.monotonic() + seconds
        while (left := end - self.monotonic()) > 0:
            stream.write(f"\rwaiting {left + 0.5:.0f} s for {what} \x1b[K")
            stream.flush()
            super().sleep(min(left, 1.0))
        stream.write("\r\x1b[K")
        stream.flush()


class ToldDialpad(Dialpad):
    """A client that says on stderr what it asks, as often as ``-v`` stands in the line."""

    def __init__(self, app: App, verbose: int, **options: Any) -> None:
        super().__init__(**options)
        self._app = app
        self._verbose = verbose
        self._warned = False
        self._pinned = app.config.pin.get("company_id") is not None

    def send(self, request: Request, leaving: Callable[[bool], None] | None = None) -> Response:
        """Send, as `Dialpad.send` does; before the first, see that the key is of the pinned company."""
        if self._pinned and request.needs_key:
            from dialkit.cli.account.company import ensure

            self._pinned = False  # for the question itself
            try:
                ensure(self)
            except BaseException:
                self._pinned = True
                raise
        if not self._verbose:
            return self._sent(request, leaving)
        tell = self._app.tell
        tell(f"> {request.method} {shown_url(request)}")
        if self._verbose > 1:
            for name, value in shown_headers(request).items():
                tell(f"> {name}: {value}")
            if request.content is not None:
                tell("> " + request.content.decode())
        response = self._sent(request, leaving)
        tries = f", {response.attempts} attempts" if response.attempts > 1 else ""
        tell(f"< {response.status} in {response.elapsed * 1000:.0f} ms{tries}")
        if self._verbose > 1:
            for name, value in response.headers.items():
                tell("< " + self._hidden(f"{name}: {value}", request))
            tell("< " + self._hidden(response.content[:10_000].decode("utf-8", "replace"), request))
        return response

    def _sent(self, request: Request, leaving: Callable[[bool], None] | None) -> Response:
        try:
            return super().send(request, leaving)
        finally:
            limiter = self._shared.limiter
            if limiter is not None and limiter.alone and not self._warned:
                self._warned = True
                self._app.tell(f"warning: limits are not shared with other processes: {limiter.alone}")

    def _hidden(self, text: str, request: Request) -> str:
        """`text` without the key, which some servers show to those who sent it."""
        return text.replace(self.settings.key.secret, "***") if request.needs_key else text


def shown_url(request: Request) -> str:
    """The URL, a key in its query hidden: an older page of Dialpad's allows ``?apikey=``."""
    url, mark, query = request.url.partition("?")
    parts = [
        f"{name}={'***' if name.lower() == 'apikey' else value}" if equals else name
        for name, equals, value in (part.partition("=") for part in query.split("&"))
    ]
    return url + mark + "&".join(parts)


def shown_headers(request: Request) -> dict[str, str]:
    """The headers as they leave, the key hidden."""
    headers = {name.title(): value for name, value in request.headers.items()}
    if request.needs_key:
        headers["Authorization"] = "Bearer ***"
    return headers


def open_client(app: App, options: Options, settings: Settings | None = None) -> Dialpad:
    """A client as the options, the environment, the folder and the config say, or with `settings` found."""
    if app.owns_process:
        _hear_signals()
    settings = settings or Settings.find(
        account=options.account,
        base_url=options.base_url,
        company_id=options.company_id,
        read=options.timeout or 30.0,
        total=options.timeout,
        interruptible=True,
        config=app.config,
    )
    policy = Policy(
        max_wait=0.0 if options.no_wait else float("inf"),
        on_retry=(lambda retry: app.tell(_told(retry))) if options.verbose else None,
    )
    return ToldDialpad(
        app, options.verbose, settings=settings, catalog=app.catalog, policy=policy, clock=CountingClock(app)
    )


def _hear_signals() -> None:
    """Let SIGTERM and SIGHUP end a request as Ctrl-C does: a write under way must not end without a word."""
    if TYPE_CHECKING:
        import signal
    else:
        import _signal as signal  # without the names of all signals, which take a millisecond

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    for name in ("SIGTERM", "SIGHUP", "SIGBREAK"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, stop)


def _told(retry: Retry) -> str:
    return f"~ attempt {retry.attempt} failed: {retry.error.message}; again in {retry.delay:.1f} s"
