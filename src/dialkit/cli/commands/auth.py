"""``dialpad auth``: API keys and OAuth logins, stored by account."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dialkit.cli.account.login import TAKES, flags, login
from dialkit.cli.account.rights import can
from dialkit.cli.subcommands import ASKING, SHOWING, Help, Sub, choose, parse, showing, unknown
from dialkit.config.keys import VARIABLES
from dialkit.errors import AuthenticationFailed, DialkitError, InvalidArgument, KeyMissing

if TYPE_CHECKING:
    from dialkit.cli.app import App
    from dialkit.cli.parser import Options
    from dialkit.client import Dialpad, Settings
    from dialkit.config.grants import Grant

HELP = Help(
    "auth",
    "API keys and OAuth logins, stored by account. A key is typed or piped in, never an argument.",
    (
        "dialpad auth login --account work",
        "dialpad auth login --oauth --client-id larkspur-orders-app --redirect-port 8400",
        "dialpad auth logout work",
        "dialpad auth status --check",
    ),
    apart=True,
)
# What the environment may say about keys, hosts and folders.
NAMES = (*VARIABLES, "DIALPAD_BASE_URL", "DIALPAD_CLIENT_SECRET", "DIALKIT_HOME", "DIALKIT_KEYRING")


def run(app: App, argv: list[str]) -> int:
    """Run ``dialpad auth`` with the words that follow it; the exit code."""
    return choose(app, argv, HELP, TABLE)


def _logout(app: App, argv: list[str]) -> int:
    options, found = parse(
        app,
        "auth logout",
        argv,
        (("name",), {"nargs": "?", "metavar": "NAME"}),
        (("--revoke",), {"action": "store_true"}),
        takes=("--timeout", "--verbose"),
    )
    from dialkit.config.keystore import KeyStore

    config = app.config
    account, known = config.account(found.name), config.accounts
    oauth = config.get(f"accounts.{account}.kind") == "oauth"
    if found.revoke:
        _revoke(app, options, account)
    store = KeyStore(config.environ)
    if account in known:
        with store.alone(account):  # no renewal puts it back
            store.delete(account)
    elif not store.delete(account):
        raise unknown("there is no account", account, known)
    for name in known.get(account, ()):
        config.unset(f"accounts.{account}.{name}")
    if config.get("account") == account:
        config.unset("account")
    if found.revoke:
        app.tell(f"The login of account {account} is taken back, and no longer stored.")
    else:
        what = "login" if oauth else "key"
        until = "Dialpad takes it until it is revoked there."
        app.tell(f"The {what} of account {account} is no longer stored. {until}")
    _tell_outranked(app, "and is used")
    return 0


def _revoke(app: App, options: Options, account: str) -> None:
    """Take the tokens of an OAuth app back at Dialpad. Raises a `DialkitError`; then nothing is forgotten."""
    from dialkit.cli.session import open_client

    with open_client(app, options._replace(account=account)) as client:
        if client.settings.key.grant is None:
            raise InvalidArgument(
                f"account {account} has an API key, which only Dialpad's admin portal revokes",
                hint=f"dialpad auth logout {account}",
            )
        try:
            client.request("oauth2.deauthorize.post")
        except DialkitError as error:
            error.hint = f"nothing is forgotten here; dialpad auth logout {account} does that, and no more"
            raise


def _status(app: App, argv: list[str]) -> int:
    options, found = parse(
        app, "auth status", argv, (("--check",), {"action": "store_true"}), takes=(*SHOWING, *ASKING)
    )
    view = showing(app, options)
    from dialkit.cli.session import open_client

    with open_client(app, app.options or options) as client:
        key, error = _key(client, check=found.check)
        view.data({**key, **_surroundings(app, options, client.settings)})
    if error:
        raise error
    return 0


def _key(client: Dialpad, *, check: bool) -> tuple[dict[str, Any], DialkitError | None]:
    """What is known of the key, the key itself left out, and what is wrong with it."""
    try:
        key = client.settings.key
    except DialkitError as error:
        return {"key": "missing" if isinstance(error, KeyMissing) else "unusable"}, error
    told: dict[str, Any] = {
        "key": "found",
        "source": key.source,
        "account": key.account,
        "kind": "oauth" if key.grant else "key",
        "fingerprint": key.fingerprint(),
    }
    if key.grant:
        told |= _login_of(key.grant)
    if check:
        from dialkit.cli.account.identity import whoami

        try:
            told |= {"key": "accepted", "whose": whoami(client).as_dict()}
        except DialkitError as error:
            return {
                **told,
                "key": "refused" if isinstance(error, AuthenticationFailed) else "unchecked",
            }, error
    return told, None


def _login_of(grant: Grant) -> dict[str, Any]:
    """What is known of an OAuth login."""
    from dialkit.cli.output.cells import moment

    return {
        "client_id": grant.client_id,
        "expires_at": moment(int(grant.expires_at)) if grant.expires_at else None,
        "renewed": grant.refresh_token is not None,
    }


def _surroundings(app: App, options: Options, settings: Settings) -> dict[str, Any]:
    """Why this key, where it goes, and what else has a say."""
    config = app.config
    variables = [name for name in NAMES if name in app.environ]
    keys = [name for name in VARIABLES if name in variables]
    pin, default = config.pin, config.values.get("account")
    account = config.account(options.account)
    of_account = options.account is not None or not keys
    reasons = (
        (options.account, "--account names it"),
        (keys, f"{'/'.join(keys)} is set, which outranks stored accounts"),
        (pin.get("account"), f"{pin.path} pins account {account}"),
        (default, f"{config.path} has account {account} as the default"),
        (True, f"no account is named anywhere, which means {account}"),
    )
    hosts = (
        (options.base_url, "--base-url"),
        ("DIALPAD_BASE_URL" in variables, "DIALPAD_BASE_URL"),
        (of_account and config.values.get(f"accounts.{account}.base_url"), f"account {account}"),
        (True, "default"),
    )
    companies = (
        (options.company_id, "--company-id"),
        (pin.get("company_id"), pin.path),
        (settings.company_id, f"account {account}"),
        (True, None),
    )
    return {
        "why": _first(reasons),
        "base_url": settings.base_url,
        "base_url_from": _first(hosts),
        "company_id": settings.company_id,
        "company_id_from": _first(companies),
        "pin": pin.path or None,
        "environment": variables,
    }


def _first(rows: tuple[tuple[object, str | None], ...]) -> str | None:
    return next(text for holds, text in rows if holds)


def _list(app: App, argv: list[str]) -> int:
    options, _ = parse(app, "auth list", argv)
    view = showing(app, options)
    used = app.config.account()
    view.data(
        [
            {
                "account": name,
                "default": name == used,
                "kind": row.get("kind", "key"),
                **{field: row.get(field) for field in ("key", "company_id", "base_url")},
            }
            for name, row in app.config.accounts.items()
        ]
    )
    return 0


def _use(app: App, argv: list[str]) -> int:
    _, found = parse(app, "auth use", argv, (("name",), {"metavar": "NAME"}), takes=())
    known = app.config.accounts
    if found.name not in known:
        raise unknown("there is no account", found.name, known)
    app.config.set("account", found.name)
    app.tell(f"Account {found.name} is now the default.")
    _tell_outranked(app, "which outranks it")
    pinned = app.config.pin.get("account")
    if pinned and pinned != found.name:
        app.tell(f"note: {app.config.pin.path} pins account {pinned}, which outranks it here")
    return 0


def _tell_outranked(app: App, how: str) -> None:
    for variable in VARIABLES:
        if variable in app.environ:
            app.tell(f"note: {variable} is set, {how}")
            return


TABLE = {
    "login": Sub(
        login, TAKES, "store a key, or log in by OAuth, once a real call has shown whose it is", flags
    ),
    "logout": Sub(_logout, "[NAME] [--revoke]", "forget a key; --revoke takes an OAuth app's tokens back"),
    "status": Sub(_status, "[--check]", "which key is used and why; --check asks Dialpad"),
    "list": Sub(_list, "", "the accounts there are"),
    "use": Sub(_use, "NAME", "make an account the default"),
    "can": Sub(can, "OPERATION [--try]", "whether the key may; --try asks it, where it only reads"),
}
