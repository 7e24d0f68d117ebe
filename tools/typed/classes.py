"""`types/`: Structs of what comes back. `params/`: TypedDicts of what goes in. One module for each group."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from dialkit.catalog.model import nullable
from typed import HEADER
from typed.prose import wrapped
from typed.shapes import SHARED

if TYPE_CHECKING:
    from typed.shapes import Shapes

LAZY = """from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
{imports}

__all__ = [
{names}
]

# Where each is; a module is read when the first of its names is.
MODULES = {{
{modules}
}}


def __getattr__(name: str) -> Any:
    if name not in MODULES:
        raise AttributeError(f"module {{__name__!r}} has no attribute {{name!r}}")
    from importlib import import_module

    found = globals()[name] = getattr(import_module(f"{{__name__}}.{{MODULES[name]}}"), name)
    return found


def __dir__() -> list[str]:
    return sorted(MODULES)
"""


def types(shapes: Shapes) -> dict[str, str]:
    """The modules of `types/` by file name."""
    return _package(shapes, "types", shapes.out, "What Dialpad answers: the types of {}.")


def params(shapes: Shapes) -> dict[str, str]:
    """The modules of `params/` by file name."""
    return _package(shapes, "params", shapes.into, "What goes into requests: the objects of {}.")


def _package(shapes: Shapes, package: str, homes: dict[str, str], title: str) -> dict[str, str]:
    modules: dict[str, list[str]] = {}
    for name in sorted(homes):
        modules.setdefault(homes[name], []).append(name)
    found = {
        f"{module}.py": _module(shapes, package, module, names, title) for module, names in modules.items()
    }
    imports = [
        f"    from dialkit.client.{package}.{module} import {name} as {name}"
        for module, names in sorted(modules.items())
        for name in names
    ]
    found["__init__.py"] = HEADER.format(title=title.format("all resources")) + LAZY.format(
        imports="\n".join(imports),
        names="\n".join(f'    "{name}",' for name in sorted(homes)),
        modules="\n".join(f'    "{name}": "{homes[name]}",' for name in sorted(homes)),
    )
    return found


def _module(shapes: Shapes, package: str, module: str, names: list[str], title: str) -> str:
    write = _struct if package == "types" else _typed_dict
    bodies = [write(shapes, name) for name in names]
    text = "\n\n\n".join(bodies) + "\n"
    homes = shapes.out if package == "types" else shapes.into
    code = re.sub(r'""".*?"""', "", text, flags=re.DOTALL)  # words of docstrings are no names
    shared = [
        n for n in homes if homes[n] == SHARED and module != SHARED and re.search(rf"(?<!\.)\b{n}\b", code)
    ]
    lines = ["from __future__ import annotations", ""]
    used = {name for name in ("Any", "Literal", "Required", "TypedDict") if re.search(rf"\b{name}\b", code)}
    if package == "types":
        lines += ["from datetime import datetime"] if "datetime" in code else []
        lines += [f"from typing import {', '.join(sorted(used))}"] if used else []
        lines += ["", *_model_import(code)]
        lines += [f"from dialkit.client.types.shared import {name}" for name in sorted(shared)]
    else:
        lines += [
            f"from typing import {', '.join(sorted({*used, 'TYPE_CHECKING'}))}",
            "",
            "if TYPE_CHECKING:",
        ]
        abc = [name for name in ("Mapping", "Sequence") if re.search(rf"\b{name}\b", code)]
        late = [f"from collections.abc import {', '.join(abc)}"] if abc else []
        late += ["from datetime import datetime"] if re.search(r"\bdatetime\b", code) else []
        late += ["from dialkit.client import types"] if "types." in code else []
        late += ["from dialkit.client.model import Strings"] if "Strings" in code else []
        late += [f"from dialkit.client.params.shared import {name}" for name in sorted(shared)]
        lines = lines[: None if late else -2] + [f"    {line}" for line in late]
    told = "several resources" if module == SHARED else f"`dp.{module}`"
    head = HEADER.format(title=title.format(told))
    return head + "\n".join(lines).strip() + "\n\n\n" + text


def _model_import(code: str) -> list[str]:
    names = ["UNSET", "Model", "Unset"] if "UNSET" in code else ["Model"]
    return [f"from dialkit.client.model import {', '.join(names)}"]


def _struct(shapes: Shapes, name: str) -> str:
    schema = shapes.schemas[name]
    # A last page may be an empty object, whatever its schema says.
    needed = set() if name in shapes.pages else set(schema.get("required", ()))
    lines = [f"class {name}(Model, kw_only=True):", *_doc(shapes, name, "    ")]
    for field, inner in schema.get("properties", {}).items():
        told = shapes.answer(inner) + (" | None" if nullable(_whole(shapes, inner)) else "")
        lines.append(f"    {field}: {told}" if field in needed else f"    {field}: {told} | Unset = UNSET")
    return "\n".join(lines)


def _typed_dict(shapes: Shapes, name: str) -> str:
    schema = shapes.schemas[name]
    needed = set(schema.get("required", ()))
    lines = [f"class {name}(TypedDict, total=False):", *_doc(shapes, name, "    ")]
    for field, inner in schema.get("properties", {}).items():
        told = shapes.given(inner, own=True, name=field)
        told += " | None" if nullable(_whole(shapes, inner)) else ""
        lines.append(f"    {field}: {f'Required[{told}]' if field in needed else told}")
    return "\n".join(lines)


def _whole(shapes: Shapes, schema: dict[str, object]) -> dict[str, object]:
    from dialkit.catalog.model import resolve

    return resolve(schema, shapes.schemas)


def _doc(shapes: Shapes, name: str, indent: str) -> list[str]:
    """What a type is, and its fields."""
    schema = shapes.schemas[name]
    lines = wrapped(schema.get("description") or name, indent)
    fields = schema.get("properties", {})
    if fields:
        lines += ["", f"{indent}Attributes:"]
    for field, inner in fields.items():
        told = inner.get("description") or _whole(shapes, inner).get("description") or ""
        lines += wrapped(f"{field}: {told}".rstrip(": "), indent + "    ", indent + "        ")
    lines[0] = f'{indent}"""{lines[0].strip()}'
    if len(lines) == 1:
        return [lines[0] + '"""', ""]
    return [*lines, f'{indent}"""', ""]
