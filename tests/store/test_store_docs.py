"""docs/store.md: what it says to type does what it says, and no table is missing from it."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from dialkit.store import Database, schema, templates

if TYPE_CHECKING:
    from collections.abc import Callable

PAGE = (Path(__file__).parents[2] / "docs" / "store.md").read_text("utf-8")
# The page's own words for a server and a password, and the test's.
URL = "postgresql://dialkit:change%20me@db.example/dialkit?sslmode=verify-full"


def block(kind: str) -> str:
    found = re.search(rf"```{kind}\n(.*?)```", PAGE, re.DOTALL)
    assert found is not None
    return found[1]


def test_every_table_is_told_of() -> None:
    told = set(re.findall(r"`(\w+)`", PAGE.partition("| table")[2].partition("\n\n")[0]))
    made = re.findall(
        r"CREATE (?:VIRTUAL )?TABLE IF NOT EXISTS (\w+)", "\n".join(schema.statements("sqlite"))
    )
    assert sorted(told) == sorted(made)


def test_a_copy_of_the_file(environ: dict[str, str], tmp_path: Path) -> None:
    with Database.of(environ) as database:
        templates.add(database, "welcome", "Hi", 1.0)
        copy = block("sh").replace("python3", shlex.quote(sys.executable))
        subprocess.run(["sh", "-ec", copy], env={**os.environ, **environ}, cwd=tmp_path, check=True)
    home = tmp_path / "restored"
    (home / "state").mkdir(parents=True)
    shutil.copy(tmp_path / "copy.db", home / "state" / "dialkit.db")
    with Database.of({**environ, "DIALKIT_HOME": str(home)}) as database:
        assert [row["text"] for row in templates.listed(database)] == ["Hi"]


@pytest.mark.parametrize("store", ["postgresql"], indirect=True)
def test_a_database_as_the_page_makes_it(
    store: str, environ: dict[str, str], dialpad: Callable[..., Any], tmp_path: Path
) -> None:
    import psycopg

    server = os.environ["DIALKIT_TEST_POSTGRES"]
    name = environ["DIALKIT_DATABASE_URL"].rpartition("=")[2]  # in place of dialkit: nobody else's
    assert URL in PAGE
    told = psycopg.conninfo.conninfo_to_dict(server)
    url = URL.replace("//dialkit:", f"//{name}:").replace("/dialkit?", f"/{name}?")
    url = url.replace("db.example", f"{told['host']}:{told['port']}").replace("verify-full", "prefer")
    with psycopg.connect(server, autocommit=True) as connection:
        try:
            for statement in block("sql").splitlines():
                connection.execute(statement.replace("dialkit", name).encode())
            ran = dialpad("template", "create", "welcome", "--text", "Hi", DIALKIT_DATABASE_URL=url)
            assert ran.code == 0, ran
            if shutil.which("pg_dump"):
                found = re.search(r"`(pg_dump .*?)`", PAGE)
                assert found is not None
                told_env = {**os.environ, "DIALKIT_DATABASE_URL": url}
                subprocess.run(["sh", "-ec", found[1]], env=told_env, cwd=tmp_path, check=True)
                assert (tmp_path / "dialkit.dump").stat().st_size > 1000
        finally:
            connection.execute(f"DROP DATABASE IF EXISTS {name}".encode())
            connection.execute(f"DROP ROLE IF EXISTS {name}".encode())
