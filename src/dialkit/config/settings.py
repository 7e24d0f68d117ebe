"""`Config`: ``config.toml`` and the pin of the working folder, read, asked and written."""

from __future__ import annotations

from dialkit.config import files, hosts
from dialkit.config.paths import config_file, home_dir
from dialkit.config.pin import Pin, find_pin
from dialkit.errors import InvalidArgument, Refused

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from dialkit.config.table import Value

# The account that stands where none is named anywhere.
MAIN = "main"


class Config:
    """What the user has set. `values` holds the settings of ``config.toml`` by dotted name, in its order.

    `environ` is the environment it was loaded with, `path` the file (it need not exist), `pin` what the
    working folder fixes.
    """

    __slots__ = ("environ", "path", "pin", "values")

    def __init__(
        self,
        environ: Mapping[str, str],
        path: str,
        values: Mapping[str, Value] | None = None,
        pin: Pin | None = None,
    ) -> None:
        self.environ, self.path = environ, path
        self.values: dict[str, Value] = dict(values or {})
        self.pin = pin or Pin()

    @classmethod
    def load(cls, environ: Mapping[str, str], folder: str | None = None) -> Config:
        """Read ``config.toml`` and, where `folder` (the working folder) is given, the pin that holds there.

        A missing file is an empty one. Raises `InvalidArgument` for one that is broken, and for the first
        unknown setting or wrong type in it; `Refused` for a pin that wants more than it may.
        """
        path = config_file(environ)
        text = files.read(path)
        values = _leaves(text, path) if text else {}
        pin = find_pin(folder, home_dir(environ)) if folder else Pin()
        return cls(environ, path, values, pin)

    def __repr__(self) -> str:
        return f"Config({self.path!r})"  # the environment holds keys

    # Asking: what holds here and now.

    def account(self, named: str | None = None) -> str:
        """The account to work with: `named`, else the pinned one, else the default, else ``main``."""
        from dialkit.config import table

        if named is not None:
            return str(table.check("--account", table.NAME, named))
        return str(self.pin.get("account") or self.values.get("account") or MAIN)

    @property
    def accounts(self) -> dict[str, dict[str, Value]]:
        """The accounts of the file with their settings: ``{"main": {"key": "keyring"}}``."""
        return self._tables("accounts")

    @property
    def region(self) -> str | None:
        """The country whose national phone formats are understood, as two capital letters, or None."""
        region = self.pin.get("region") or self.values.get("region")
        return str(region).upper() if region else None

    @property
    def allow_hosts(self) -> list[str]:
        """Further hosts a key may be sent to."""
        found = self.values.get("allow_hosts", [])
        return list(found) if isinstance(found, list) else []

    @property
    def defaults(self) -> dict[str, Value]:
        """Values of global options that were not given, by name with underscores; the pin's come first."""
        found = {
            name[len("defaults.") :].replace("-", "_"): value
            for name, value in self.values.items()
            if name.startswith("defaults.")
        }
        return found | {name: self.pin.get(name) for name in ("profile", "output") if self.pin.get(name)}

    def alias(self, name: str) -> str | None:
        """What an alias stands for, or None where there is no such alias."""
        found = self.values.get(f"aliases.{name}")
        return None if found is None else str(found)

    def profile(self, name: str) -> dict[str, Value]:
        """The settings of a sender profile: ``{"from": "+15035550142"}``.

        Raises `InvalidArgument` for an unknown one.
        """
        profiles = self._tables("profiles")
        if name in profiles:
            return profiles[name]
        from dialkit.config.table import nearest, shown

        near = nearest(name, profiles)
        raise InvalidArgument(
            f"there is no profile {shown(name)}",
            hint=f"did you mean {near}?" if near else "dialpad config set profiles.NAME.from +15035550142",
        )

    def company_id(self, account: str | None) -> int | None:
        """The company to name in requests with the key of `account` (None: a key of the environment).

        Raises `Refused` where the pin names another company than the account does.
        """
        own = self.values.get(f"accounts.{account}.company_id") if account else None
        pinned = self.pin.get("company_id")
        if pinned and own and pinned != own:
            raise Refused(
                f"{self.pin.path} pins company {pinned}, and account {account!r} is of company {own}",
                hint="work in another folder, or with another --account",
            )
        company = pinned or own
        return company if isinstance(company, int) else None

    def tier(self, account: str | None) -> int:
        """Dialpad's tier of the company of `account` (None: a key of the environment): 0 or 1."""
        own = self.values.get(f"accounts.{account}.tier") if account else None
        found = own if own is not None else self.values.get("tier", 0)
        return found if isinstance(found, int) else 0

    def base_url(self, account: str | None, named: str | None = None) -> str:
        """Where requests with the key of `account` (None: a key of the environment) go, checked.

        `named` (``--base-url``), else ``DIALPAD_BASE_URL``, else the account's, else ``https://dialpad.com``.
        Raises `Refused` where no key may be sent there.
        """
        setting = f"accounts.{account}.base_url"
        for source, url in (
            ("--base-url", named),
            ("DIALPAD_BASE_URL", self.environ.get("DIALPAD_BASE_URL")),
            (f"{setting} in {self.path}", self.values.get(setting) if account else None),
        ):
            if url is not None:
                return hosts.check_base_url(str(url), self.allow_hosts, source=source)
        return hosts.DEFAULT

    # The file: reading and writing single settings by dotted name.

    def get(self, dotted: str) -> Value | None:
        """A setting as the file has it, None where it is not set. `InvalidArgument` for an unknown name."""
        from dialkit.config.table import find

        find(dotted)
        return self.values.get(dotted)

    def items(self) -> list[tuple[str, Value]]:
        """All that is set in the file, in its order."""
        return list(self.values.items())

    def set(self, dotted: str, text: str) -> Value:
        """Set one setting from text and write the file; its comments and order stay.

        Gives the typed value. Raises `InvalidArgument` for an unknown name or a value it cannot take,
        `Refused` for a base URL no key may be sent to.
        """
        from dialkit.config import table

        setting, path = table.find(dotted)
        try:
            typed = setting.kind.parse(text)
        except ValueError:
            typed = text  # which is not of the kind either, and fails with the right words
        value: Value = table.check(dotted, setting.kind, typed)
        if setting.kind is table.URL:
            value = hosts.check_base_url(str(value), self.allow_hosts, source=dotted)
        self._write(dotted, path, value)
        return value

    def unset(self, dotted: str) -> bool:
        """Take one setting out of the file; False where it was not set.

        Raises `InvalidArgument` for an unknown name.
        """
        from dialkit.config.table import find

        _, path = find(dotted)
        return self._write(dotted, path, None)

    def _write(self, dotted: str, path: tuple[str, ...], value: Value | None) -> bool:
        """Put `value` at `path`, or take away what is there (None). Says whether the file changed."""
        before: dict[str, Value] = {}
        after: dict[str, Value] = {}

        def change(text: str | None) -> str | None:
            # What another process has written since we loaded counts: only our one setting is laid over it.
            before.update(_leaves(text or "", self.path))
            after.update(before)
            if value is None:
                after.pop(dotted, None)
            else:
                after[dotted] = value
            return _edited(text or "", self.path, path, value, after) if dotted in before | after else None

        files.update(self.path, change)
        self.values = after
        return dotted in before | after

    def _tables(self, kind: str) -> dict[str, dict[str, Value]]:
        found: dict[str, dict[str, Value]] = {}
        for dotted, value in self.values.items():
            head, _, rest = dotted.partition(".")
            if head == kind:
                name, _, field = rest.rpartition(".")
                found.setdefault(name, {})[field] = value
        return found


def _leaves(text: str, path: str) -> dict[str, Value]:
    from dialkit.config.table import leaves

    return leaves(files.parse_toml(text, path), path)


def _edited(
    text: str, file: str, path: tuple[str, ...], value: Value | None, wanted: dict[str, Value]
) -> str:
    """The TOML text with the value at `path` set, or taken away (None), and nothing else touched.

    A new table gets a header of its own, or stands in braces where a header would swallow the lines after it
    (beside ``accounts.main.key = …`` or within ``accounts = {…}``). What comes out is read again: only a text
    that holds exactly the `wanted` settings is good.
    """
    import tomlkit

    for braces in (False, True):
        document = tomlkit.parse(text)
        table: Any = document
        *tables, name = path
        try:
            for part in tables:
                if part not in table:
                    header = tomlkit.table(is_super_table=table is document and len(tables) > 1)
                    table[part] = tomlkit.inline_table() if braces else header
                table = table[part]
            if value is None:
                del table[name]
            else:
                table[name] = value
            edited = tomlkit.dumps(document)
            if _leaves(edited, file) == wanted:
                return edited
        except (ValueError, InvalidArgument):
            pass  # tomlkit's word for "no such thing here", or a text that no longer is a config
    raise InvalidArgument(
        f"{file}: {'.'.join(path)} cannot be changed by program", hint="edit the file by hand"
    )
