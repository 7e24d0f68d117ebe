"""`resources/`: a class for each group, and for each resource within it; sync, and in `aio/` for asyncio."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from typed import HEADER
from typed.naming import attribute, call_of, class_name, path_of
from typed.prose import docstring, wrapped

if TYPE_CHECKING:
    from dialkit.catalog import Group, Operation, Summary
    from typed.shapes import Shapes


class Side(NamedTuple):
    """Sync or async: what differs in the code."""

    base: str  # the class of a resource
    pages: str  # what a list is
    define: str
    wait: str
    raw: str  # what makes a method answer raw
    package: str
    prefix: str


SYNC = Side("Resource", "Pages", "def", "", "raw", "resources", "")
ASYNC = Side("AsyncResource", "AsyncPages", "async def", "await ", "raw_async", "resources.aio", "Async")


def resources(shapes: Shapes) -> dict[str, str]:
    """The modules of `resources/` by file name."""
    groups = shapes.catalog.groups.values()
    found = {
        "__init__.py": _index(shapes),
        "aio/__init__.py": HEADER.format(title="The same for asyncio.").rstrip() + "\n",
    }
    for group in groups:
        found[f"{attribute(group.name)}.py"] = _module(shapes, group, SYNC)
        found[f"aio/{attribute(group.name)}.py"] = _module(shapes, group, ASYNC)
    return found


def _index(shapes: Shapes) -> str:
    lines = [
        "from __future__ import annotations",
        "",
        "from typing import TYPE_CHECKING, Any",
        "",
        "from dialkit.client.lazily import lazily",
        "",
        "if TYPE_CHECKING:",
    ]
    groups = list(shapes.catalog.groups.values())
    for group in groups:
        module, name = attribute(group.name), class_name(group)
        lines.append(f"    from dialkit.client.resources.aio.{module} import Async{name}")
    for group in groups:
        module, name = attribute(group.name), class_name(group)
        lines.append(f"    from dialkit.client.resources.{module} import {name}")
    for side, title in ((SYNC, "What a client has"), (ASYNC, "What an async client has")):
        lines += [
            "",
            "",
            f"class {side.prefix}Resources:",
            f'    """{title}: a resource for each group of operations."""',
        ]
        for group in groups:
            module, name = attribute(group.name), side.prefix + class_name(group)
            doc = wrapped(group.description or group.title, "        ")
            doc[0] = f'        """{doc[0].strip()}'
            doc = [doc[0] + '"""'] if len(doc) == 1 else [*doc, '        """']
            lines += [
                "",
                "    @lazily",
                f"    def {module}(self: Any) -> {name}:",
                *doc,
                f"        from dialkit.client.{side.package}.{module} import {name}",
                "",
                f"        return {name}(self)",
            ]
    return (
        HEADER.format(title="Resources of a client, each read when it is first used.")
        + "\n".join(lines)
        + "\n"
    )


def _module(shapes: Shapes, group: Group, side: Side) -> str:
    parts: dict[str, list[Operation]] = {"": []}
    for summary in group.operations:
        parts.setdefault(path_of(group, summary)[0], []).append(shapes.catalog.operation(summary.id))
    classes = [
        _class(shapes, group, within, operations, [w for w in parts if w] if not within else [], side)
        for within, operations in sorted(parts.items(), reverse=True)
    ]
    body = "\n\n\n".join("\n".join(lines) for lines in classes) + "\n"
    lines = _imports(re.sub(r'""".*?"""', "", body, flags=re.DOTALL), side)
    title = f"{group.title}: `dp.{attribute(group.name)}`" + (", for asyncio." if side is ASYNC else ".")
    return HEADER.format(title=title) + "\n".join(lines) + "\n\n\n" + body


def _imports(code: str, side: Side) -> list[str]:
    """What the code of a module needs, first what it runs with, then what only checkers read."""

    def used(*names: str) -> str:
        return ", ".join(name for name in names if re.search(rf"(?<![\w.]){name}\b", code))

    def line(module: str, *names: str) -> list[str]:
        return [f"from {module} import {found}"] if (found := used(*names)) else []

    late = [
        *line("collections.abc", "Mapping", "Sequence"),
        *line("datetime", "datetime"),
        *line("typing", "Any", "Literal"),
        *line("dialkit.client", "params"),
        *line("dialkit.client.model", "Strings"),
        *line("dialkit.client.paging", side.pages),
    ]
    lines = [
        "from __future__ import annotations",
        "",
        *(["from typing import TYPE_CHECKING", ""] if late else []),
    ]
    lines += line("dialkit.client", "types")
    lines += line("dialkit.client.lazily", "lazily")
    lines += line("dialkit.client.model", "UNSET", "Unset")
    lines += line("dialkit.client.resource", side.base, side.raw)
    return lines + (["", "if TYPE_CHECKING:", *(f"    {name}" for name in late)] if late else [])


def _class(
    shapes: Shapes, group: Group, within: str, operations: list[Operation], inner: list[str], side: Side
) -> list[str]:
    name = side.prefix + class_name(group, within)
    doc = group.description if not within else f"`{within}` of `dp.{attribute(group.name)}`."
    told = wrapped(doc or group.title, "    ")
    told[0] = f'    """{told[0].strip()}'
    told = [told[0] + '"""'] if len(told) == 1 else [*told, '    """']
    lines = [f"class {name}({side.base}):", *told]
    for part in inner:
        other = side.prefix + class_name(group, part)
        lines += [
            "",
            "    @lazily",
            f"    def {part}(self) -> {other}:",
            f'        """`{part}` of this resource."""',
        ]
        lines += [f"        return {other}(self._client)"]
    if not operations:
        return lines
    lines += ["", "    @lazily", f"    def with_raw_response(self) -> {name}Raw:"]
    lines += ['        """The same methods, each answering with status, headers and bytes."""']
    lines += [f"        return {name}Raw(self)"]
    raw = [f"class {name}Raw:", f'    """`{name}`, answering raw."""', ""]
    raw += [f"    def __init__(self, of: {name}) -> None:"]
    for operation in operations:
        lines += ["", *_method(shapes, group, operation, side)]
        method = path_of(group, _summary(group, operation))[1]
        raw.append(f"        self.{method} = {side.raw}(of.{method})")
    return [*lines, "", "", *raw]


def _summary(group: Group, operation: Operation) -> Summary:
    return next(found for found in group.operations if found.id == operation.id)


def _method(shapes: Shapes, group: Group, operation: Operation, side: Side) -> list[str]:
    summary = _summary(group, operation)
    method = path_of(group, summary)[1]
    schema = operation.answer.get("schema")
    answer = shapes.answer(schema, "types.") if schema else "None"
    listed = operation.pages is not None
    returns = f"{side.pages}[{shapes.item(operation)}]" if listed else answer
    define = "def" if listed else side.define
    lines = []
    if operation.fields:
        lines += [f"    {define} {method}(", "        self,", "        *,"]
        for field in operation.fields:
            annotation, default = shapes.parameter(field)
            lines.append(f"        {field.name}: {annotation}{f' = {default}' if default else ''},")
        lines.append(f"    ) -> {returns}:")
    else:
        lines.append(f"    {define} {method}(self) -> {returns}:")
    call = call_of(group, summary)
    told = _told(operation, answer, side)
    lines += docstring(operation, call if side is SYNC else f"await {call}", "        ", answers=told)
    given = [f'"{field.name}": {field.name}' for field in operation.fields]
    single = f"{{{', '.join(given)}}}"
    # Returned also where nothing comes back: a dry run gives the request.
    head = "return self._list(" if listed else f"return {side.wait}self._ask("
    kind = f", {answer}" if schema else ""
    line = f'        {head}"{operation.id}", {single}{kind})'
    if len(line) <= 110:
        return [*lines, line]
    lines += [f"        {head}", f'            "{operation.id}",', "            {"]
    lines += [f"                {pair}," for pair in given]
    lines += ["            },", *([f"            {answer},"] if schema else []), "        )"]
    return lines


def _told(operation: Operation, answer: str, side: Side) -> str:
    if operation.pages is not None:
        loop = "async for" if side is ASYNC else "for"
        return f"Returns the items of all pages, asked for as you go (`{loop}`)."
    return f"Returns `{answer}`." if answer != "None" else "Returns None."
