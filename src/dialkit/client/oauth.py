"""OAuth logins: a code becomes tokens, and tokens become new ones, each refresh token spent once.

`renew` is what `Settings.renew` calls. A refresh token works once, so whoever spends it holds the account's
lock (`KeyStore.alone`), and reads first what another process has stored meanwhile. The order is: note in the
store that new tokens are asked for, ask, store them, use them. So a store that cannot be written is found
before the refresh token is spent, and a process that is killed in between leaves a note of it. What is lost
then is the login, never a request: nothing is sent with a token that is not stored.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from dialkit.config.grants import EARLY, Grant
from dialkit.config.keys import Key, check_secret, find_key
from dialkit.errors import (
    APIError,
    AuthenticationFailed,
    DialkitError,
    InvalidArgument,
    KeyMissing,
    NetworkError,
    OutcomeUnknown,
    PermissionDenied,
    RateLimited,
    UpstreamError,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from dialkit.client.clock import Clock
    from dialkit.client.dialpad import Dialpad
    from dialkit.client.pkce import Attempt
    from dialkit.client.settings import Settings

T = TypeVar("T")

TOTAL = 30.0  # seconds that asking for tokens may take: others wait for the lock meanwhile
REDEEM_HINT = "log in again, with the app's secret in DIALPAD_CLIENT_SECRET, or by --client-secret-stdin"
GRACE = 5.0  # seconds that Ctrl-C waits for tokens that are on their way


def redeem(settings: Settings, attempt: Attempt, code: str, secret: str | None, clock: Clock) -> Grant:
    """The tokens for a code. `secret` is the app's, None where it has none.

    Whose they are is for the caller to find out, and to set (`Grant.whose`). Raises `AuthenticationFailed`
    where Dialpad gives none, `PermissionDenied` where the app is switched off, `NetworkError` where nobody
    knows; the code is spent then, or may be.
    """
    app = Grant(client_id=attempt.client_id, client_secret=secret, base_url=settings.base_url, whose="")
    proof = {"code": code, "code_verifier": attempt.verifier, "redirect_uri": attempt.redirect_uri}
    from dialkit.client.transport import aside

    try:
        return aside(lambda: _ask(settings, app, "authorization_code", proof, clock))
    except DialkitError as error:
        raise _told(error, "the user agreed, but there are no tokens", REDEEM_HINT) from None


def renew(settings: Settings, refused: str | None, clock: Clock) -> Key:
    """The account's key with an access token that is good for a while, and is not the one that was `refused`.

    It may be what another thread or process has got meanwhile. Raises `AuthenticationFailed` where Dialpad
    gives no new tokens: then the login is over. Raises `NetworkError` where it is not to be had just now, and
    `InvalidArgument` where it could not be stored; but where the old one was not refused, and still works
    for a moment, that one is given.
    """

    def work() -> Key:
        from dialkit.config.keystore import KeyStore

        store = KeyStore(settings.config.environ)
        with store.alone(account):
            key = find_key(settings.config, account)
            if key.fingerprint() != now.fingerprint() or not key.grant or key.grant.base_url != base_url:
                raise AuthenticationFailed(
                    f"account {account!r} has been logged in as somebody else meanwhile",
                    status=401,
                    hint="start the program again",
                )
            if key.secret != refused and not key.grant.due(clock.now()):
                return key
            return _renewed(settings, store, key, key.grant, clock)

    now = settings.key
    account, base_url = now.account or "", settings.base_url
    if now.grant and now.secret != refused and not now.grant.due(clock.now()):
        return now
    try:
        return _unhurried(work)
    except (AuthenticationFailed, KeyMissing):
        raise
    except DialkitError:
        if refused is None and now.grant and now.grant.alive(clock.now()):
            return now
        raise


def _renewed(settings: Settings, store: Any, key: Key, grant: Grant, clock: Clock) -> Key:
    account = key.account or ""
    again = f"dialpad auth login --oauth --client-id {grant.client_id} --account {account}"
    if grant.refresh_token is None:
        raise AuthenticationFailed(
            f"the login of account {account!r} has run out, and Dialpad gave nothing to renew it with",
            status=401,
            hint=f"{again} --scope offline_access",
        )
    by_file = key.source.startswith("file ")
    store.save(account, grant.but(asked_at=clock.now()).text(), file_only=by_file)
    cut = "" if grant.asked_at is None else ", after a renewal that was cut off"
    try:
        new = _ask(settings, grant, "refresh_token", {"refresh_token": grant.refresh_token}, clock)
    except DialkitError as error:
        if not isinstance(error, (OutcomeUnknown, UpstreamError)):  # then it is certainly not spent
            store.save(account, grant.text(), file_only=by_file)
        raise _told(error, f"the login of account {account!r} could not be renewed{cut}", again) from None
    store.save(account, new.text(), file_only=by_file)
    return Key(new.access_token, key.source, account, new)


def _told(error: DialkitError, what: str, again: str) -> DialkitError:
    """The error as it is said of a login. Nothing of what the user wants to send has left, whatever it is."""
    if isinstance(error, (OutcomeUnknown, UpstreamError)):
        return NetworkError(
            f"{what} ({error.message}); nothing else was sent", hint=f"try again, or: {again}"
        )
    if isinstance(error, PermissionDenied):
        error.hint = f"the app may be switched off for you; ask an admin, or: {again}"
    elif isinstance(error, APIError) and not isinstance(error, RateLimited):
        return AuthenticationFailed(
            f"{what}: {error.message}", status=error.status, operation=error.operation, hint=again
        )
    return error


def _ask(settings: Settings, old: Grant, grant_type: str, proof: dict[str, Any], clock: Clock) -> Grant:
    """Ask for tokens. Errors that Dialpad's answer goes into show none of what was sent."""
    before = clock.now()
    body = {"grant_type": grant_type, **proof, "client_id": old.client_id}
    if old.client_secret is not None:
        body["client_secret"] = old.client_secret
    try:
        with anonymous(settings) as client:
            answer = client.request("oauth2.token.post", body=body).json()
    except DialkitError as error:
        _hide(error, (*old.secrets, *(value for name, value in proof.items() if name != "redirect_uri")))
        raise
    if not isinstance(answer, dict) or str(answer.get("token_type") or "bearer").lower() != "bearer":
        answer = {}
    try:
        access = check_secret(answer.get("access_token") or "", "the answer")
        refresh = check_secret(answer.get("refresh_token") or old.refresh_token or "none", "the answer")
        life = float(answer.get("expires_in") or "inf")
    except (InvalidArgument, TypeError, ValueError):
        raise UpstreamError(
            "oauth2.token.post: the answer holds no token",
            status=200,
            operation="oauth2.token.post",
            hint="check DIALPAD_BASE_URL: it must be the API's own address",
        ) from None
    ends = 0 < life < float("inf")
    return old.but(
        access_token=access,
        refresh_token=refresh if answer.get("refresh_token") or old.refresh_token else None,
        expires_at=before + life if ends else None,
        renew_at=before + life - min(EARLY, life / 4) if ends else None,
        asked_at=None,
    )


def anonymous(settings: Settings) -> Dialpad:
    """A client for what needs no key; it says nothing, for what it is answered is secret."""
    from dialkit.client.dialpad import Dialpad
    from dialkit.client.exchange import Policy
    from dialkit.client.settings import Settings

    plain = Settings(
        settings.config,
        base_url=settings.base_url,
        connect=settings.connect,
        read=min(settings.read, TOTAL),
        total=min(settings.total, TOTAL),
        limits=False,
    )
    return Dialpad(settings=plain, policy=Policy(deadline=TOTAL))


def _hide(error: DialkitError, secrets: tuple[str, ...]) -> None:
    for secret in secrets:
        error.message = error.message.replace(secret, "***")
        error.hint = error.hint and error.hint.replace(secret, "***")
    error.args = (error.message,)
    if isinstance(error, APIError):
        error.text, error.body = "", None


def _unhurried(work: Callable[[], T]) -> T:
    """What `work` gives, done in a second thread. Ctrl-C is heard, but waits a moment for it to be over.

    An answer that is not written down is a login lost.
    """
    import threading

    from dialkit.client.transport import aside

    over = threading.Event()

    def run() -> T:
        try:
            return work()
        finally:
            over.set()

    try:
        return aside(run)
    except KeyboardInterrupt:
        over.wait(GRACE)
        raise
