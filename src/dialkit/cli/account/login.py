"""``dialpad auth login``: a key is read unseen, or got by OAuth, checked by a real call, and then stored."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialkit.cli.parser import with_defaults
from dialkit.cli.subcommands import ASKING, parse
from dialkit.errors import KeyMissing, Refused

if TYPE_CHECKING:
    import argparse

    from dialkit.cli.account.identity import Identity
    from dialkit.cli.app import App
    from dialkit.cli.parser import Options
    from dialkit.config import Key
    from dialkit.config.grants import Grant

TAKES = (
    "[--account NAME] [--base-url URL] [--company-id N] [--file] [--oauth --client-id ID "
    "[--client-secret-stdin] [--scope NAME…] [--redirect-port N | --redirect-uri URI] [--no-browser] "
    "[--wait SECONDS]]"
)
HOW = "run `dialpad auth login` alone and paste the key, or: dialpad auth login < FILE"


def flags() -> list[tuple[str, str]]:
    """The flags as help explains them."""
    from dialkit.cli.account.asked import FLAGS

    said = [
        ("--account", "the name it is stored under; main unless said"),
        ("--file", "store it in a file of mode 0600, not in the system's key store"),
        ("--oauth", "let an app of yours in by the browser, instead of giving a key; the rest is for that"),
    ]
    return [*said, *((flag, text) for flag, _, text in FLAGS)]


def login(app: App, argv: list[str]) -> int:
    """Store a key. One that Dialpad does not take raises `AuthenticationFailed`, and is not stored."""
    from dialkit.cli.account.asked import arguments, check_without
    from dialkit.config import Key

    options, found = parse(
        app,
        "auth login",
        argv,
        (("--file",), {"action": "store_true"}),
        *arguments(),
        takes=("--output", *ASKING),
        secret=f"a key in a command line can be read by others; {HOW}",
    )
    config = app.config
    account = config.account(options.account)
    base_url = config.base_url(account, options.base_url)
    if found.oauth:
        grant = _agreed(app, options, found, account, base_url)
        key = Key(grant.access_token, "Dialpad's answer")
    else:
        check_without(found)
        grant, key = None, _given(app, account, base_url)
    whose = _check(app, with_defaults(options, config), key, base_url)
    if grant is not None:
        grant = grant.but(whose=f"{whose.level}:{whose.id or whose.company_id}")
    return _store(app, options, account, base_url, key, grant, whose, to_file=found.file)


def _given(app: App, account: str, base_url: str) -> Key:
    """The key that is typed, unseen, or piped in."""
    from dialkit.client.faults import host_of
    from dialkit.config import Key

    if app.stdin is None or not app.stdin.isatty():
        return Key(_piped(app), "stdin")
    from dialkit.cli.account.typed import unseen

    prompt = f"API key for account {account} at {host_of(base_url)} (not shown): "
    return Key(unseen(app, prompt, "no key was given", "dialpad auth login < FILE"), "what was typed")


def _agreed(app: App, options: Options, found: argparse.Namespace, account: str, base_url: str) -> Grant:
    """The tokens of a user who agrees in the browser."""
    from dialkit.cli.account.browser import log_in
    from dialkit.client.settings import READ, Settings
    from dialkit.config.keystore import KeyStore

    with KeyStore(app.environ).alone(account):
        pass  # a folder that cannot be written is found before anybody is asked
    settings = Settings(app.config, base_url=base_url, read=options.timeout or READ)
    return log_in(app, settings, found)


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
    app: App,
    options: Options,
    account: str,
    base_url: str,
    key: Key,
    grant: Grant | None,
    whose: Identity,
    *,
    to_file: bool,
) -> int:
    """Keep the key and what is known of it, and say so."""
    from dialkit.config.hosts import DEFAULT
    from dialkit.config.keystore import KeyStore

    config = app.config
    first = not config.accounts
    store = KeyStore(app.environ)
    with store.alone(account):
        place = store.save(account, grant.text() if grant else key.secret, file_only=to_file)
    for name, value in (
        ("key", place),
        ("kind", "oauth" if grant else ""),
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
    if grant:
        app.tell(_life(grant))
    _warn(app, account, whose)
    if options.output:
        from dialkit.cli.show import View

        told = {"account": account, "kind": "oauth" if grant else "key", "default": first, **whose.as_dict()}
        View(app, options).data({**told, "base_url": base_url, "stored_in": place})
    return 0


def _life(grant: Grant) -> str:
    if grant.refresh_token:
        return "It is renewed by itself, before it runs out."
    from dialkit.cli.output.cells import moment

    ends = f"ends at {moment(int(grant.expires_at))}" if grant.expires_at else "cannot be renewed"
    return f"note: it {ends}, since Dialpad gave no refresh token; ask for one: --scope offline_access"


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
