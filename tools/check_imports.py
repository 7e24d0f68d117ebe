"""Who may import whom, and what may not be imported at start: `docs/architecture.md`, held by program.

Reads the source with `ast`; prints one line per violation and exits 1 if there is any.
"""

from __future__ import annotations

import ast
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent / "src" / "dialkit"

# What a workflow stands on.
WORKFLOW = {"catalog", "cells", "config", "client", "store", "errors"}
# Package -> packages of dialkit it may import. `errors` and the version are open to all but the sandbox.
ALLOWED: dict[str, set[str]] = {
    "catalog": set(),
    "config": {"errors"},
    "client": {"catalog", "config", "errors"},
    "sandbox": {"catalog"},
    "cells": set(),
    "errors": set(),
    "store": {"config", "errors"},
    "messaging": WORKFLOW,
    "directory": WORKFLOW,
    "calls": WORKFLOW | {"messaging"},
    "events": WORKFLOW | {"inbox", "webhooks"},
    "reports": WORKFLOW,
    "inbox": WORKFLOW | {"calls", "messaging", "reports", "webhooks"},
    "webhooks": {"client", "errors"},
    "cli": {
        "sandbox",
        "messaging",
        "directory",
        "calls",
        "events",
        "inbox",
        "reports",
        "webhooks",
        *WORKFLOW,
    },
    "library": {"messaging", "directory", "calls", "events", "inbox", "reports", *WORKFLOW},
    "__init__": {"library", "client", "errors"},
    "__main__": {"cli"},
}

# Too slow or too rare to be loaded with a module that every command loads. Inside functions they are welcome.
LATE = {
    "asyncio", "email", "getpass", "inspect", "jq", "keyring", "logging", "platformdirs", "psycopg", "rich",
    "shlex", "sqlite3", "subprocess", "tomlkit", "tomllib", "traceback", "urllib", "uvicorn", "webbrowser",
    "websockets", "yaml",
}  # fmt: skip


# Modules that are themselves imported inside a function, for what they import here.
IMPORTED_LATE = {
    "cli/output/yaml_text.py",
    "events/keeping/apart.py",
    "events/receiver/connection.py",
    "events/receiver/reception.py",
    "events/receiver/server.py",
    "store/connecting.py",
    "store/postgres.py",
    "store/salvage.py",
    "store/sqlite.py",
}


def package_of(path: Path) -> str:
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


def imports(tree: ast.Module) -> list[tuple[str, int, bool]]:
    """Imported module names with line and whether the import runs when the module is loaded."""
    found: list[tuple[str, int, bool]] = []

    def walk(node: ast.AST, at_start: bool) -> None:
        for child in ast.iter_child_nodes(node):
            inside = at_start and not isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda))
            if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.dump(child.test):
                inside = False
            if isinstance(child, ast.Import):
                found.extend((alias.name, child.lineno, inside) for alias in child.names)
            elif isinstance(child, ast.ImportFrom) and child.module and not child.level:
                names = [f"{child.module}.{alias.name}" for alias in child.names]
                found.extend((name, child.lineno, inside) for name in [child.module, *names])
            walk(child, inside)

    walk(tree, True)
    return found


def violations() -> list[str]:
    lines = []
    for path in sorted(ROOT.rglob("*.py")):
        package = package_of(path)
        where = path.relative_to(ROOT.parent.parent)
        within = path.relative_to(ROOT).as_posix()
        if package not in ALLOWED:
            lines.append(
                f"{where}: package {package} has no row in docs/architecture.md and tools/check_imports.py"
            )
            continue
        for name, line, at_start in imports(ast.parse(path.read_text("utf-8"))):
            top, _, rest = name.partition(".")
            target = rest.partition(".")[0]
            if top == "dialkit" and target not in {"", "__version__", package, *ALLOWED[package]}:
                lines.append(f"{where}:{line}: {package} may not import dialkit.{target}")
            if at_start and top in LATE and package != "sandbox" and within not in IMPORTED_LATE:
                lines.append(f"{where}:{line}: import {top} inside the function that needs it")
    return list(dict.fromkeys(lines))


if __name__ == "__main__":
    found = violations()
    print("\n".join(found) or "imports: as they should be", file=sys.stderr if found else sys.stdout)
    sys.exit(bool(found))
