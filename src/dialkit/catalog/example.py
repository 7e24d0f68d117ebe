"""Example requests and answers: written ones where there are, else composed from the properties' examples."""

from __future__ import annotations

from dialkit.catalog.model import kind, resolve

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from dialkit.catalog.model import Operation, Schema, Schemas

PLAIN: dict[str | None, Any] = {"boolean": True, "integer": 1, "number": 1.5, "string": "text"}


def compose(schema: Schema, schemas: Schemas, above: tuple[str, ...] = ()) -> Any:
    """A plausible value of a schema; None where the schema holds itself and must stop."""
    name = schema["$ref"].rsplit("/", 1)[-1] if "$ref" in schema else ""
    if name in above:
        return None
    above = (*above, name) if name else above
    schema = resolve(schema, schemas)
    if schema.get("examples"):
        return schema["examples"][0]
    for choices in ("oneOf", "anyOf"):
        if choices in schema:
            return compose(schema[choices][0], schemas, above)
    found = kind(schema)
    if found == "object":
        made = {key: compose(inner, schemas, above) for key, inner in schema.get("properties", {}).items()}
        return {key: value for key, value in made.items() if value is not None}
    if found == "array":
        inner = compose(schema.get("items", {}), schemas, above)
        return [] if inner is None else [inner]
    if "enum" in schema:
        return next(value for value in schema["enum"] if value is not None)
    return schema.get("default", PLAIN.get(found))


def answer_example(operation: Operation) -> Any:
    """An example answer, None where the operation answers with no body. Int64 values are JSON integers."""
    answer = operation.answer
    if "example" in answer or "schema" not in answer:
        return answer.get("example")
    return compose(answer["schema"], operation.schemas)


def request_example(operation: Operation) -> dict[str, Any]:
    """Example values for every required field, and for the body as the document gives it."""
    values: dict[str, Any] = {
        field.name: compose(field.schema, operation.schemas)
        for field in operation.fields
        if field.required and field.place != "body"
    }
    if operation.body:
        body = operation.body.get("example")
        values.update(
            body if body is not None else compose(operation.body["schema"], operation.schemas) or {}
        )
    return values
