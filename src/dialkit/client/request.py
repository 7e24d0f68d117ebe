"""One request, ready to leave: what is asked, where, with which body. Built without opening a socket."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from dialkit.errors import InvalidArgument

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from dialkit.catalog import Operation

# Dialpad answers 413 above 1 MB, attachment included (its developer pages); found here before it leaves.
MAX_BODY = 1_000_000
UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")


class Request:
    """A request as it will leave, but for the key, which the transport adds at the last moment.

    `effect` is ``read``, ``write`` or ``outward``; `repeatable` says whether sending it again after a
    lost answer does no harm. `limits` are ``(name, count, window in seconds)``, narrowest first.
    """

    __slots__ = (
        "content",
        "effect",
        "headers",
        "limits",
        "method",
        "needs_key",
        "operation",
        "repeatable",
        "url",
    )

    def __init__(
        self,
        method: str,
        url: str,
        *,
        headers: dict[str, str],
        content: bytes | None = None,
        operation: Operation | None = None,
        effect: str = "read",
        repeatable: bool = True,
        limits: list[tuple[str, int, float]] | None = None,
        needs_key: bool = True,
    ) -> None:
        self.method = method
        self.url = url
        self.headers = headers
        self.content = content
        self.operation = operation
        self.effect = effect
        self.repeatable = repeatable
        self.limits = limits or []
        self.needs_key = needs_key

    def __repr__(self) -> str:
        return f"<Request {self.method} {self.url}>"

    @property
    def name(self) -> str:
        """The operation's id, or method and URL where there is none."""
        return self.operation.id if self.operation else f"{self.method} {self.url}"

    @property
    def body(self) -> Any:
        """The body as JSON, None where there is none."""
        return json.loads(self.content) if self.content is not None else None


def encode_segment(value: Any, name: str) -> str:
    """A value as one segment of a path: it can neither end the segment nor climb out of it.

    Raises `InvalidArgument` for an empty value, ``.`` and ``..`` (percent-encoding does not disarm
    those two: URL parsers resolve ``%2e%2e`` as well).
    """
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        raise InvalidArgument(f"{name}: {value!r} cannot stand in a path", hint="give a text or a number")
    text = str(value)
    if text in ("", ".", ".."):
        raise InvalidArgument(f"{name}: {text!r} cannot stand in a path", hint=f"give {name} a real value")
    return encode(text)


def encode(text: str) -> str:
    """Percent-encode everything but unreserved characters (RFC 3986)."""
    raw = text.encode("utf-8", "surrogatepass")
    if UNRESERVED.issuperset(raw):
        return text
    return "".join(chr(byte) if byte in UNRESERVED else f"%{byte:02X}" for byte in raw)


def _text(value: Any) -> str:
    if value is True:
        return "true"
    return "false" if value is False else str(value)


def query_string(pairs: Iterable[tuple[str, Any]]) -> str:
    """``?a=1&b=2``; lists repeat the name; None is left out."""
    parts = [
        f"{encode(name)}={encode(_text(item))}"
        for name, value in pairs
        for item in (value if isinstance(value, (list, tuple)) else (value,))
        if item is not None
    ]
    return "?" + "&".join(parts) if parts else ""


def encode_body(body: Any) -> bytes:
    """JSON in UTF-8. Raises `InvalidArgument` for what JSON cannot say, and above 1 MB."""
    try:
        content = json.dumps(body, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
    except (TypeError, ValueError) as error:
        raise InvalidArgument(f"the body cannot be written as JSON: {error}") from None
    if len(content) > MAX_BODY:
        raise InvalidArgument(
            f"the body is {len(content):,} bytes; Dialpad takes at most {MAX_BODY:,}, attachments included",
            hint="make the attachment smaller, or send less at once",
        )
    return content


def build(
    operation: Operation,
    params: Mapping[str, Any],
    *,
    base_url: str,
    body: Any = None,
    query: Mapping[str, Any] | None = None,
    tier: int = 0,
) -> Request:
    """The request of an operation.

    Parameters:
        params: values by the API's names, wherever they travel. Path values must be there; None in the
            query is left out; None in the body is JSON ``null``.
        body: a whole body to start from; `params` that belong to the body are laid over it.
        query: further query parameters that the document does not name.
        tier: Dialpad's tier of the company, for operations whose limit depends on it.

    Raises `InvalidArgument` for a parameter the operation does not have, a path value that is missing or
    cannot stand in a path, an empty text in the query, and a body above 1 MB.
    """
    by_name = operation.by_name
    path = operation.path
    pairs: list[tuple[str, Any]] = []
    fields: dict[str, Any] = {}
    for name, value in params.items():
        field = by_name.get(name)
        if field is None:
            raise InvalidArgument(
                f"{operation.id} has no parameter {name!r}", hint=f"dialpad schema {operation.id} --request"
            )
        if field.place == "path":
            path = path.replace("{" + name + "}", encode_segment(value, name))
        elif field.place == "query":
            if value == "":
                if name == "cursor":  # the start of the list
                    continue
                # Sent or left out, it may filter nothing: somebody's list would be everybody's.
                raise InvalidArgument(
                    f"{operation.id}: {name} is empty", hint=f"give {name} a value, or leave it out"
                )
            pairs.append((name, value))
        else:
            fields[name] = value
    if "{" in path:
        missing = path[path.index("{") + 1 : path.index("}")]
        raise InvalidArgument(f"{operation.id} needs {missing}", hint=f"dialpad {operation.id} --help")
    if fields and isinstance(body, dict):
        body = {**body, **fields}
    elif fields and body is not None:
        raise InvalidArgument(
            f"{operation.id}: {next(iter(fields))} cannot be laid over a body that is no object",
            hint="give the body whole, or its fields",
        )
    elif fields or (body is None and operation.body is not None and operation.body["required"]):
        body = fields
    if query:
        pairs += query.items()
    headers = {"accept": "application/json"}
    content = None
    if body is not None:
        content = encode_body(body)
        headers["content-type"] = "application/json"
    return Request(
        operation.method,
        base_url + path + query_string(pairs),
        headers=headers,
        content=content,
        operation=operation,
        effect=operation.effect,
        repeatable=operation.repeatable,
        limits=limits_of(operation, params, body, tier),
        needs_key=operation.needs_key,
    )


def limits_of(
    operation: Operation, params: Mapping[str, Any], body: Any, tier: int
) -> list[tuple[str, int, float]]:
    """The operation's own limits as the limiter counts them, one name per thing that is counted.

    1200 a minute is what 20 a second come to, so such rows are left to the company-wide limit.
    """
    found = []
    for limit in operation.limits:
        if limit.get("tier", tier) != tier or limit["count"] >= 20 * limit["window"]:
            continue
        by = limit.get("by")
        counted = params.get(by, body.get(by) if isinstance(body, dict) else None) if by else None
        name = f"{operation.id} {by}={counted}" if by else operation.id
        found.append((name, int(limit["count"]), float(limit["window"])))
    return found


def raw(method: str, url: str, *, body: Any = None, query: Iterable[tuple[str, Any]] = ()) -> Request:
    """A request that no document knows. Anything but GET and HEAD counts as a write."""
    read = method in ("GET", "HEAD")
    headers = {"accept": "application/json"}
    content = None
    if body is not None:
        content = encode_body(body)
        headers["content-type"] = "application/json"
    text = query_string(query)
    if text and "?" in url:
        text = "&" + text[1:]
    return Request(
        method,
        url + text,
        headers=headers,
        content=content,
        effect="read" if read else "write",
        repeatable=read,
    )
