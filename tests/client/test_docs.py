"""The client's pages: their examples run as they stand, against a sandbox."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from dialkit.catalog import Catalog
from dialkit.sandbox import Sandbox

if TYPE_CHECKING:
    from dialkit import Dialpad

DOCS = Path(__file__).resolve().parents[2] / "docs"
CATALOG = Catalog()


def blocks(page: Path) -> list[str]:
    return re.findall(r"```python\n(.*?)```", page.read_text("utf-8"), re.DOTALL)


def examples() -> list[Any]:
    return [
        pytest.param(block, id=f"{page.stem}-{block.split('(')[0].split(' ')[-1]}")
        for page in sorted((DOCS / "resources").glob("*.md"))
        for block in blocks(page)
    ]


def test_there_is_an_example_of_every_operation() -> None:
    assert len(examples()) == len(CATALOG.ids)


@pytest.mark.parametrize("block", examples())
def test_an_example_of_a_resource(block: str, dp: Dialpad, sandbox: Sandbox) -> None:
    exec(compile(block, "example", "exec"), {"dp": dp, "print": lambda *_: None})
    assert sandbox.requests
    assert all(200 <= one.status < 300 for one in sandbox.requests)


def test_the_page_of_the_client(
    environ: dict[str, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = "\n".join(blocks(DOCS / "client.md"))
    with Sandbox() as sandbox:  # its clock goes, since a report takes a while
        for name, value in {
            **environ,
            "DIALPAD_BASE_URL": sandbox.url,
            "DIALPAD_API_KEY": sandbox.token,
        }.items():
            monkeypatch.setenv(name, value)
        exec(compile(page, "client.md", "exec"), {})
        sandbox.advance(60)
        assert [text["text"] for text in sandbox.inbox("+14155550123")] == ["Your order is ready."]
    assert capsys.readouterr().out.count("Mara Ellison") >= 3


def test_pages_name_all_methods(dp: Dialpad) -> None:
    index = (DOCS / "resources" / "README.md").read_text("utf-8")
    for group in CATALOG.groups:
        assert f"`dp.{group.replace('-', '_')}`" in index


def test_links_lead_somewhere() -> None:
    for page in [DOCS / "client.md", *(DOCS / "resources").glob("*.md")]:
        for link in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text("utf-8")):
            assert link.startswith("http") or (page.parent / link).exists(), (page.name, link)
