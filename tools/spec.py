"""Bundle ``openapi/*.yaml`` into one document and compile the shards of `dialkit.catalog`.

tools/spec.py            build: write the shards
tools/spec.py --check    fail if the shards are not what the YAML says
tools/spec.py --bundle   print the bundled document as authored
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import yaml

import typed
from dialkit.catalog import Catalog
from dialkit.catalog.compile import compile_document
from dialkit.catalog.storage import SHARDS, modules, write, write_modules

ROOT = Path(__file__).resolve().parent.parent
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def load(path: Path) -> Any:
    """One YAML file."""
    return yaml.load(path.read_text("utf-8"), LOADER)


def bundle(folder: Path = ROOT / "openapi") -> dict[str, Any]:
    """The whole document: `main.yaml` says who we are, `tags.yaml` the groups, each other file a resource."""
    document: dict[str, Any] = load(folder / "main.yaml")
    document["tags"] = load(folder / "tags.yaml")
    paths: dict[str, Any] = {}
    schemas: dict[str, Any] = document["components"]["schemas"]
    for path in sorted(folder.glob("*.yaml")):
        if path.name in ("main.yaml", "tags.yaml"):
            continue
        part = load(path)
        for name, item in part.get("paths", {}).items():
            known = paths.setdefault(name, {})
            if both := known.keys() & item.keys():
                raise SystemExit(f"{path.name}: {name} {sorted(both)} stands in two files")
            known.update(item)
        if both := schemas.keys() & part.get("schemas", {}).keys():
            raise SystemExit(f"{path.name}: schemas {sorted(both)} stand in two files")
        schemas.update(part.get("schemas", {}))
    document["paths"] = dict(sorted(paths.items()))
    document["components"]["schemas"] = dict(sorted(schemas.items()))
    return document


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--bundle", action="store_true")
    args = parser.parse_args()
    document = bundle()
    if args.bundle:
        json.dump(document, sys.stdout, ensure_ascii=False, indent=1)
        return 0
    shards = compile_document(document)
    _keep_apart(shards)
    with tempfile.TemporaryDirectory() as folder:
        write(shards, folder)
        catalog = Catalog(folder)
        if not args.check:
            write_modules(shards)
            print(f"{len(catalog.ids)} operations, {typed.write(catalog)} files of the typed client written")
            return 0
        wanted = modules(shards)
        found = {path.name: path.read_bytes() for path in Path(SHARDS).glob("*.py")}
        stale = [name for name in wanted.keys() | found.keys() if wanted.get(name) != found.get(name)]
        stale += typed.stale(catalog)
    if stale:
        print(f"generated files are stale: {', '.join(sorted(stale))}\nhint: make spec", file=sys.stderr)
        return 1
    return 0


def _keep_apart(shards: dict[str, dict[str, Any]]) -> None:
    """A field must not have the flag of a global option, such as ``--output``: that fails the build here."""
    from dialkit.cli.options import BY_FLAG

    with tempfile.TemporaryDirectory() as folder:
        write(shards, folder)
        taken = [f"{o.id} {f.flag}" for o in Catalog(folder) for f in o.fields if f.flag in BY_FLAG]
    if taken:
        raise SystemExit("flags of global options: " + ", ".join(taken))


if __name__ == "__main__":
    sys.exit(main())
