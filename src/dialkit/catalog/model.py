"""Catalog, groups, operations and their fields, read lazily from compiled shards."""

from __future__ import annotations

import os

from dialkit.catalog.storage import SHARDS, read

# Not from typing, which takes as long to import as the interpreter to start; checkers know the name.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    Schema = dict[str, Any]
    Schemas = dict[str, Schema]

PLACES = ("path", "query", "body")


class UnknownName(LookupError):
    """No such group or operation. `suggestions` are the nearest names, best first."""

    def __init__(self, kind: str, name: str, suggestions: list[str]) -> None:
        super().__init__(f"no {kind} named {name!r}")
        self.kind, self.name, self.suggestions = kind, name, suggestions


class Summary:
    """One operation as the index knows it: enough for lists, search and finding its shard."""

    __slots__ = ("added", "effect", "group", "id", "method", "name", "path", "summary")

    def __init__(
        self,
        id: str,  # noqa: A002 - what the document calls it
        group: str,
        name: str,
        method: str,
        path: str,
        summary: str,
        effect: str,
        added: bool = False,
    ) -> None:
        self.id, self.group, self.name, self.method = id, group, name, method
        self.path, self.summary, self.effect, self.added = path, summary, effect, added

    def __repr__(self) -> str:
        return f"<Summary {self.id}>"

    @property
    def words(self) -> tuple[str, ...]:
        """What is typed after the group: ``operators.list`` is two words."""
        return tuple(self.name.split("."))


class Group:
    """A group of operations: one tag of the document, one word on the command line."""

    __slots__ = ("description", "name", "operations", "title")

    def __init__(self, name: str, title: str, description: str, operations: tuple[Summary, ...]) -> None:
        self.name, self.title, self.description, self.operations = name, title, description, operations

    def __repr__(self) -> str:
        return f"<Group {self.name}: {len(self.operations)} operations>"


class Field:
    """One thing an operation takes: a path or query parameter, or a top-level property of the body."""

    __slots__ = ("description", "name", "place", "required", "schema")

    def __init__(self, name: str, place: str, required: bool, schema: Schema, description: str) -> None:
        self.name, self.place, self.required = name, place, required
        self.schema, self.description = schema, description

    def __repr__(self) -> str:
        return f"<Field {self.name} in {self.place}>"

    @property
    def flag(self) -> str:
        """Its flag on the command line: ``to_numbers`` is ``--to-numbers``."""
        return "--" + self.name.replace("_", "-")


def resolve(schema: Schema, schemas: Schemas) -> Schema:
    """Follow ``$ref`` until a plain schema; the description beside a reference wins."""
    while "$ref" in schema:
        target = schemas[schema["$ref"].rsplit("/", 1)[-1]]
        beside = {key: value for key, value in schema.items() if key != "$ref"}
        schema = {**target, **beside}
    return schema


def kind(schema: Schema) -> str | None:
    """The JSON type of a schema, without ``null``; None where any type will do."""
    found = schema.get("type")
    if isinstance(found, list):
        return next((str(name) for name in found if name != "null"), None)
    if found is None and "properties" in schema:
        return "object"
    return found


def nullable(schema: Schema) -> bool:
    """Whether ``null`` is allowed."""
    return isinstance(schema.get("type"), list) and "null" in schema["type"]


def properties(schema: Schema, schemas: Schemas) -> dict[str, Schema]:
    """The properties of an object schema; of all choices together where there are choices."""
    schema = resolve(schema, schemas)
    found: dict[str, Schema] = dict(schema.get("properties", {}))
    for choice in (*schema.get("oneOf", ()), *schema.get("anyOf", ()), *schema.get("allOf", ())):
        for name, inner in properties(choice, schemas).items():
            known = found.setdefault(name, inner)
            if "enum" in known and "enum" in inner:
                found[name] = {**known, "enum": list(dict.fromkeys([*known["enum"], *inner["enum"]]))}
    return found


class Operation:
    """One operation of the API: how it is asked, what it does, what it answers.

    Attributes mirror the document: ``effect`` is ``read``, ``write`` or ``outward`` (reaches people);
    ``limits`` are ``{count, window (seconds), scope, tier?}``; ``scopes`` are ``{scope, when?}``;
    ``admin`` is ``"company"`` where a company admin's key is needed; ``pages`` says where items and
    cursor are; ``undocumented`` and ``added`` (by `spec use`) are marks.
    """

    __slots__ = ("_by_name", "_fields", "_source", "schemas")

    def __init__(self, source: dict[str, Any], schemas: Schemas) -> None:
        self._source = source
        self._fields: tuple[Field, ...] | None = None
        self._by_name: dict[str, Field] | None = None
        self.schemas = schemas

    def __repr__(self) -> str:
        return f"<Operation {self.id}: {self.method} {self.path}>"

    @property
    def source(self) -> dict[str, Any]:
        """The compiled form as it stands in the shard."""
        return self._source

    @property
    def id(self) -> str:
        return str(self._source["id"])

    @property
    def group(self) -> str:
        return str(self._source["group"])

    @property
    def name(self) -> str:
        return str(self._source["name"])

    @property
    def method(self) -> str:
        return str(self._source["method"])

    @property
    def path(self) -> str:
        return str(self._source["path"])

    @property
    def summary(self) -> str:
        return str(self._source["summary"])

    @property
    def description(self) -> str:
        return str(self._source["description"])

    @property
    def effect(self) -> str:
        return str(self._source["effect"])

    @property
    def repeatable(self) -> bool:
        """Whether asking twice does no more than asking once (`x-retry: safe`)."""
        return bool(self._source.get("retry") == "safe")

    @property
    def limits(self) -> list[dict[str, Any]]:
        return list(self._source.get("limits", ()))

    @property
    def limits_reason(self) -> str | None:
        """Why there is no limit, where there is none."""
        return self._source.get("limits-reason")

    @property
    def scopes(self) -> list[dict[str, str]]:
        return list(self._source.get("scopes", ()))

    @property
    def admin(self) -> str | None:
        return self._source.get("admin")

    @property
    def needs_key(self) -> bool:
        """Whether the API key goes along; the first steps of OAuth go without."""
        return self._source.get("auth") != "none"

    @property
    def since(self) -> str | None:
        return self._source.get("since")

    @property
    def pages(self) -> dict[str, Any] | None:
        return self._source.get("pages")

    @property
    def undocumented(self) -> bool:
        return bool(self._source.get("undocumented"))

    @property
    def added(self) -> bool:
        """Whether it comes from a document the user brought (`dialpad spec use`)."""
        return bool(self._source.get("added"))

    @property
    def body(self) -> dict[str, Any] | None:
        """``{required, schema, example}`` of the request body, None where there is none."""
        return self._source.get("body")

    @property
    def answer(self) -> dict[str, Any]:
        """``{status, schema?, example?}`` of the answer."""
        return dict(self._source["answer"])

    @property
    def fields(self) -> tuple[Field, ...]:
        """All it takes, path first, then query, then the body's own properties."""
        if self._fields is None:
            self._fields = tuple(self._read_fields())
        return self._fields

    def _read_fields(self) -> Iterator[Field]:
        parameters = self._source.get("parameters", ())
        # Path parameters in the order of the path, for that is how plain words on a command line are taken.
        at = {given["name"]: self.path.find("{" + given["name"] + "}") for given in parameters}
        for given in sorted(parameters, key=lambda given: (PLACES.index(given["in"]), at[given["name"]])):
            yield Field(given["name"], given["in"], given["required"], given["schema"], given["description"])
        if self.body is not None:
            whole = resolve(self.body["schema"], self.schemas)
            needed = set(whole.get("required", ())) if self.body["required"] else set()
            for name, schema in properties(whole, self.schemas).items():
                told = schema.get("description") or resolve(schema, self.schemas).get("description", "")
                yield Field(name, "body", name in needed, schema, told)

    @property
    def by_name(self) -> dict[str, Field]:
        """The fields by their names."""
        if self._by_name is None:
            self._by_name = {field.name: field for field in self.fields}
        return self._by_name

    def field(self, name: str) -> Field | None:
        """The field of that name, written with ``_`` or ``-``."""
        if name in self.by_name:
            return self.by_name[name]
        wanted = name.replace("-", "_")
        return next((f for f in self.fields if f.name.replace("-", "_") == wanted), None)


class Catalog:
    """All operations. Cheap to make; reads its index, and each group's shard, when first needed.

    `overlay` names a folder of shards made by `dialpad spec use`; its operations add to, or take the
    place of, the built-in ones and are marked ``added``.
    """

    def __init__(self, folder: str = SHARDS, overlay: str | None = None) -> None:
        self._folders = [folder] + ([overlay] if overlay and os.path.isdir(overlay) else [])
        self._index: dict[str, Group] | None = None
        self._ids: dict[str, Summary] = {}
        self._shards: dict[tuple[str, str], dict[str, Any]] = {}
        self._operations: dict[str, Operation] = {}

    @property
    def groups(self) -> dict[str, Group]:
        """Groups by name, in the order of their names."""
        if self._index is None:
            found: dict[str, dict[str, Any]] = {}
            for number, folder in enumerate(self._folders):
                for name, entry in read(folder, "index")["groups"].items():
                    rows = found.setdefault(name, {**entry, "operations": {}})["operations"]
                    for operation_id, (word, method, path, summary, effect) in entry["operations"].items():
                        rows[operation_id] = Summary(
                            operation_id, name, word, method, path, summary, effect, number > 0
                        )
            index = {
                name: Group(name, e["title"], e["description"], tuple(e["operations"].values()))
                for name, e in sorted(found.items())
            }
            # The ids first: another thread that sees the index looks for them at once.
            self._ids = {row.id: row for group in index.values() for row in group.operations}
            self._index = index
        return self._index

    @property
    def ids(self) -> dict[str, Summary]:
        """All operations by id, as the index knows them."""
        self.groups  # noqa: B018 - reads the index
        return self._ids

    def operation(self, operation_id: str) -> Operation:
        """The operation of that id. Raises `UnknownName` with suggestions."""
        known = self._operations.get(operation_id)
        if known is not None:
            return known
        row = self.ids.get(operation_id)
        if row is None:
            raise UnknownName("operation", operation_id, nearest(operation_id, self.ids))
        folder = self._folders[-1] if row.added else self._folders[0]
        shard = self._shards.get((folder, row.group))
        if shard is None:
            shard = self._shards[folder, row.group] = read(folder, row.group)
        source = {
            **shard["operations"][operation_id],
            "id": operation_id,
            "group": row.group,
            "added": row.added,
        }
        found = self._operations[operation_id] = Operation(source, shard["schemas"])
        return found

    def __iter__(self) -> Iterator[Operation]:
        return (self.operation(operation_id) for operation_id in self.ids)

    def __len__(self) -> int:
        return len(self.ids)

    def group(self, name: str) -> Group:
        """The group of that name. Raises `UnknownName` with suggestions."""
        try:
            return self.groups[name]
        except KeyError:
            raise UnknownName("group", name, nearest(name, self.groups)) from None

    def find(self, words: list[str]) -> tuple[Summary | None, int]:
        """Read `words` as a command; the operation meant and how many words named it, or (None, 0).

        Accepted: ``GROUP OPERATION_ID``, ``GROUP SHORT`` (``users list``; ``callcenters operators list`` or
        ``callcenters operators.list``), an id without its group (``call transfer_call``), ``OPERATION_ID``.
        The longest reading wins.
        """
        if not words:
            return None, 0
        if words[0] in self.ids:
            return self.ids[words[0]], 1
        group = self.groups.get(words[0])
        for count in range(min(len(words) - 1, 4), 0, -1) if group else ():
            typed = ".".join(words[1 : 1 + count]).replace("-", "_")
            for row in group.operations if group else ():
                names = (row.name, row.id, row.id.removeprefix(row.group + "."))
                if typed in [name.replace("-", "_") for name in names]:
                    return row, 1 + count
        return None, 0


def nearest(name: str, names: Any, count: int = 3) -> list[str]:
    """The names most like `name`, best first; a name that holds it counts as near."""
    from difflib import get_close_matches

    found = get_close_matches(name, list(names), n=count, cutoff=0.7)
    found += [other for other in names if name and name in other and other not in found]
    return found[:count]
