"""Tab completion: what the scripts of the shells are answered. In real shells: test_completion_shells.py."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from dialkit.cli.commands.completion import SHELLS
from dialkit.cli.dispatch import COMMANDS

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Ran

    Complete = Callable[..., list[str]]


@pytest.fixture
def complete(dialpad: Callable[..., Ran]) -> Complete:
    """The answer for words, the last of which is being typed. Where a shell is named, with what is told."""

    def run(*words: str, shell: str = "") -> list[str]:
        ran = dialpad("completion", "--complete", shell or "fish", "--", *words)
        assert (ran.code, ran.err) == (0, "")
        return [line if shell else line.partition("\t")[0] for line in ran.out.splitlines()]

    return run


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (["callce"], ["callcenters"]),
        (["sea"], ["search"]),
        (["sms.s"], ["sms.send"]),
        (["users.pers"], ["users.personas.get"]),
        (["users", "li"], ["list"]),
        (["users", "users.li"], ["users.list"]),
        (["call", "transfer_"], ["transfer_call"]),
        (["templ"], ["template"]),
        (["templ", "x"], []),
        (["compan"], ["company", "companies"]),
        (["companies", ""], ["create", "list"]),
        (["companies", "companies.c"], ["companies.create"]),
        (["message", "templates.cr"], ["templates.create"]),
        (["call", "trans"], ["transfer", "transcript"]),
        (["contact", "up"], ["update", "upsert"]),
        (["template", "cr"], ["create"]),
        (["webhook", "sms", "cr"], ["create"]),
        (["template", "create", "--text-f"], ["--text-file"]),
        (["sms", "send", "--messa"], ["--message", "--message-file", "--message-stdin"]),
        (["sms", "send", "--to-n"], ["--to-numbers"]),
        (["callcenters", "operators.l"], ["operators.list"]),
        (["callcenters", "operators", "l"], ["list"]),
        (["callcenters", "operators", "list", "--i"], ["--id"]),
        (["call", "unassign", "a"], ["all"]),
        (["-v", "users", "list", "--sta"], ["--state"]),
        (["users", "list", "--state", "su"], ["suspended"]),
        (["users", "list", "--state=", "su"], []),  # a word of its own, and no flag of that name
        (["users", "list", "--state=a"], ["--state=active", "--state=all"]),
        (["users.toggle_dnd", "--do-not-disturb", ""], ["true", "false"]),
        (["users.toggle_dnd", "--no-"], ["--no-do-not-disturb", "--no-wait", "--no-color"]),
        (["sms.send", "--to_numbers", "+14155550123", "--to-n"], ["--to-numbers"]),
        (["sms.send", "--text", "x", "--tex"], []),
        (["sms.send", "--text", "x", "--text", ""], []),
        (["call", "transfer_call", "--to.target-t"], ["--to.target-type"]),
        (["users", "e911", "get", "m"], ["me"]),
        (["users", "e911", "get", "--id", "m"], ["me"]),
        (["users", "list", "-o", "c"], ["csv"]),
        (["-o", "y"], ["yaml"]),
        (["sms.send", "--data", "@"], ["@files"]),
        (["sms.send", "--data", "@te"], ["@files"]),
        (["sms.send", "--data=@te"], ["@files"]),
        (["sms.send", "--data", ""], []),
        (["spec", ""], ["export", "diff", "use", "status"]),
        (["spec", "use", ""], ["@files"]),
        (["spec", "use", "--no"], ["--none", "--no-color"]),
        (["schema", "sms", "s"], ["send"]),
        (["schema", "sms.send", "--exa"], ["--example"]),
        (["help", "exi"], ["exit-codes"]),
        (["completion", ""], list(SHELLS)),
        (["api", "P"], ["POST", "PUT", "PATCH"]),
        (["config", "set", "reg"], ["region"]),
        (["auth", "can", "users", "lis"], ["list"]),
        (["sandbox", "run", "--", "d"], ["dialpad"]),
        (["sandbox", "run", "--", "dialpad", "users", "li"], ["list"]),
        (
            ["sandbox", "run", "--seed", "5", "--", ".venv/bin/dialpad", "users", "list", "--state=su"],
            ["--state=suspended"],
        ),
        (["sandbox", "run", "--", "dialpad", "sandbox", "clo"], ["clock"]),
        (["sandbox", "run", "--", "python", "x"], ["@files"]),
        (["sandbox", "run", "--see"], ["--seed"]),
        (["nosuch", ""], []),
        (["nosuch", "--x", ""], []),
    ],
)
def test_what_can_follow(complete: Complete, words: list[str], found: list[str]) -> None:
    assert complete(*words) == found


def test_the_first_word(complete: Complete) -> None:
    found = complete("")
    assert {"users", "agent-groups", *COMMANDS} <= set(found)
    assert not any("." in word for word in found)  # ids come once a point is typed, or nothing else begins so
    assert complete("initi") == complete("initiat") == []
    assert complete("webhook_call_event_subscription.cr") == ["webhook_call_event_subscription.create"]


def test_flags_that_are_given_are_not_offered_again(complete: Complete) -> None:
    before = complete("users", "list", "--")
    assert {"--state", "--output", "--dry-run", "--query", "--help"} <= set(before)
    assert len(before) == len(set(before))
    after = complete("users", "list", "-o", "json", "--state=active", "--query", "a=b", "--")
    assert set(before) - set(after) == {"--state", "--output"}


def test_accounts_and_aliases_come_from_the_config(complete: Complete, dialpad: Callable[..., Ran]) -> None:
    assert dialpad("alias", "set", "support", "5610293847561029").code == 0
    assert dialpad("config", "set", "accounts.work.key", "env:WORK").code == 0
    assert complete("users", "list", "--account", "") == ["work"]
    assert complete("--account", "w") == ["work"]
    assert complete("callcenters", "get", "su") == ["support"]
    assert complete("callcenters", "get", "--id", "su") == ["support"]
    assert complete("alias", "unset", "") == ["support"]
    assert complete("auth", "use", "") == ["work"]


def test_companies_that_are_kept_are_offered(complete: Complete, dialpad: Callable[..., Ran]) -> None:
    assert complete("contact", "upsert", "--company-name", "") == []
    for name in ("Acme Corp", "O'Neil & Co"):
        assert dialpad("companies", "create", "--name", name).code == 0
    assert complete("contact", "upsert", "--company-name", "") == ["Acme Corp", "O'Neil & Co"]
    assert complete("contacts", "create", "--company-name", "Acme C") == ["Acme Corp"]
    told = "a company that is kept here"
    assert complete("contact", "update", "--company-name=Acm", shell="fish") == [
        f"--company-name=Acme Corp\t{told}"
    ]


def test_a_damaged_database_is_left_alone(complete: Complete, environ: dict[str, str]) -> None:
    folder = os.path.join(environ["DIALKIT_HOME"], "state")
    os.makedirs(folder)
    with open(os.path.join(folder, "dialkit.db"), "w", encoding="utf-8") as file:
        file.write("no database at all")
    assert complete("contact", "upsert", "--company-name", "") == []
    assert os.listdir(folder) == ["dialkit.db"]


def test_what_follows_words_and_flags_of_workflows(complete: Complete) -> None:
    assert complete("contact", "upsert", "--scope", "") == ["auto", "shared", "local", "both"]
    assert complete("contact", "import", "pe") == ["@files"]
    assert complete("contact", "import", "--report", "") == ["@files"]
    assert complete("oauth2", "authorize", "--scope", "") == []


def test_a_broken_config_is_silent(dialpad: Callable[..., Ran], environ: dict[str, str]) -> None:
    os.makedirs(environ["DIALKIT_HOME"])
    with open(os.path.join(environ["DIALKIT_HOME"], "config.toml"), "w", encoding="utf-8") as file:
        file.write("[[[")
    ran = dialpad("completion", "--complete", "zsh", "--", "users", "list", "--account", "")
    assert (ran.code, ran.out, ran.err) == (0, "", "")


def test_zsh_and_fish_are_told_what_a_word_is(complete: Complete) -> None:
    assert complete("spec", "ex", shell="zsh") == ["export:print the whole document as OpenAPI 3.1"]
    assert complete("spec", "ex", shell="fish") == ["export\tprint the whole document as OpenAPI 3.1"]
    assert complete("users", "list", "--state=su", shell="zsh") == ["--state=suspended"]
    assert complete("digital_sessions", "x:", shell="zsh") == []
    for line in complete("users", "", shell="zsh"):
        assert "\n" not in line
        assert len(line.partition(":")[2]) <= 70


def test_what_a_flag_is_takes_a_line_and_ends_with_a_word(complete: Complete) -> None:
    told = dict(line.split("\t") for line in complete("users", "list", "--", shell="fish"))
    assert max(map(len, told.values())) <= 70
    assert told["--state"] == "Keeps only people in this state; `all` takes every state"
    assert told["--company-admin"].endswith("everybody else")
    assert told["--no-company-admin"].startswith("not: ")


def test_scripts(dialpad: Callable[..., Ran]) -> None:
    for shell in SHELLS:
        ran = dialpad("completion", shell)
        assert ran.code == 0
        assert f"--complete {shell} --" in ran.out
    assert "did you mean" in dialpad("completion", "bsh", tty=True).err
    assert dialpad("completion", "powershell").code == 2
    assert "usage: dialpad completion" in dialpad("completion").out


def test_an_answer_imports_nothing_heavy(environ: dict[str, str]) -> None:
    code = (
        "import sys; from dialkit.cli import main; "
        "main(['completion', '--complete', 'zsh', '--', 'users', 'list', '--state', 'su']); "
        "print(*sorted(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=environ, capture_output=True, text=True, check=True, timeout=60
    )
    answer, modules = done.stdout.splitlines()
    assert answer == "suspended"
    heavy = {
        "dialkit.client",
        "argparse",
        "pyreqwest",
        "rich",
        "yaml",
        "jq",
        "keyring",
        "tomlkit",
        "uvicorn",
        "pathlib",
    }
    assert not heavy & set(modules.split())
