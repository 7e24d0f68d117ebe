"""``dialpad auth login``: a key is read unseen, checked by a real call, and only then stored."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialkit.cli.parser import with_defaults
from dialkit.cli.subcommands import ASKING, parse
from dialkit.errors import KeyMissing, Refused

if TYPE_CHECKING:
    from dialkit.cli.account.identity import Identity
    from dialkit.cli.app import App
    from dialkit.cli.parser import Options
    from dialkit.config import Key

TAKES = "[--account NAME] [--base-url URL] [--company-id N] [--file]"
HOW = "run `dialpad auth login` alone and paste the key, or: dialpad auth login < FILE"


def login(app: App, argv: list[str]) -> int:
    """Store a key. One that Dialpad does not take raises `AuthenticationFailed`, and is not stored."""
    from dialkit.config import Key

    options, found = parse(
        app,
        "auth login",
        argv,
        (("--file",), {"action": "store_true"}),
        takes=("--output", *ASKING),
        secret=f"a key in a command line can be read by others; {HOW}",
    )
    config = app.config
    account = config.account(options.account)
    base_url = config.base_url(account, options.base_url)
    asked = app.stdin is not None and app.stdin.isatty()
    secret = _typed(app, account, base_url) if asked else _piped(app)
    key = Key(secret, "what was typed" if asked else "stdin")
    whose = _check(app, with_defaults(options, config), key, base_url)
    return _store(app, options, account, base_url, key, whose, to_file=found.file)


def _typed(app: App, account: str, base_url: str) -> str:
    """The key from a terminal, not shown while it is typed."""
    import warnings
    from getpass import GetPassWarning, getpass

    from dialkit.client.faults import host_of

    with warnings.catch_warnings():
        # Without a terminal it can control, getpass would show what is typed.
        warnings.simplefilter("error", GetPassWarning)
        try:
            return getpass(
                f"API key for account {account} at {host_of(base_url)} (not shown): ", stream=app.stderr
            ).strip()
        except GetPassWarning:
            raise Refused("this terminal would show the key", hint="dialpad auth login < FILE") from None
        except EOFError:
            raise KeyMissing("no key was given", hint=HOW) from None


def _piped(app: App) -> str:
    """The key from the first line of stdin."""
    from dialkit.config.keys import MAX_LENGTH

    # PowerShell puts a byte order mark first.
    try:
        line = app.stdin.readline(MAX_LENGTH + 2) if app.stdin is not None else ""
    except UnicodeDecodeError:
        line = ""
    text = line.lstrip("\ufeff").strip()
    if not text:
        raise KeyMissing("there is no key on stdin", hint=HOW)
    return text


def _check(app: App, options: Options, key: Key, base_url: str) -> Identity:
    """Ask whose key it is. `Refused` where it is not of the company that ``--company-id`` names."""
    from dialkit.cli.account.identity import whoami
    from dialkit.cli.session import open_client
    from dialkit.client.settings import READ, Settings

    settings = Settings(
        app.config,
        key=key,
        base_url=base_url,
        company_id=options.company_id,
        read=options.timeout or READ,
        interruptible=True,
    )
    with open_client(app, options, settings) as client:
        whose = whoami(client)
    if options.company_id and whose.company_id != options.company_id:
        raise Refused(
            f"the key is of company {whose.company_id or 'unknown'}, not of {options.company_id}",
            hint="it is not stored; leave out --company-id, or use another key",
        )
    return whose


def _store(
    app: App, options: Options, account: str, base_url: str, key: Key, whose: Identity, *, to_file: bool
) -> int:
    """Keep the key and what is known of it, and say so."""
    from dialkit.config.hosts import DEFAULT
    from dialkit.config.keystore import KeyStore

    config = app.config
    first = not config.accounts
    store = KeyStore({**app.environ, "DIALKIT_KEYRING": "off"} if to_file else app.environ)
    place = store.save(account, key.secret)
    config.set(f"accounts.{account}.key", place)
    for name, value in (
        ("company_id", str(whose.company_id or "")),
        ("base_url", base_url if base_url != DEFAULT else ""),
    ):
        if value:
            config.set(f"accounts.{account}.{name}", value)
        else:
            config.unset(f"accounts.{account}.{name}")
    if first:
        config.set("account", account)
    where = "the keyring" if place == "keyring" else store.path
    app.tell(f"The key is of {whose.text}.")
    app.tell(f"It is stored in {where} as account {account}{', the default' if first else ''}.")
    _warn(app, account, whose)
    if options.output:
        from dialkit.cli.show import View

        told = {"account": account, "default": first, **whose.as_dict()}
        View(app, options).data({**told, "base_url": base_url, "stored_in": place})
    return 0


def _warn(app: App, account: str, whose: Identity) -> None:
    """Say what will keep the key from being used."""
    from dialkit.config.keys import VARIABLES

    for variable in VARIABLES:
        if variable in app.environ:
            app.tell(f"note: {variable} is set and outranks it; unset it, or use --account {account}")
            break
    pin = app.config.pin
    pinned = pin.get("company_id")
    if pinned and pinned != whose.company_id:
        app.tell(f"note: {pin.path} pins company {pinned}, so it cannot be used in this folder")
