"""The kit's docs as pages to read without GitHub: docs.zip."""

from __future__ import annotations

import os
import re
from pathlib import Path, PurePosixPath
from typing import Any

from markupsafe import Markup

from .errors import KitError
from .pages.render import render

KIT = Path(__file__).parents[2]
DOCS = Path(__file__).parents[1] / "docs"
TOP = ("README.md", "CHANGELOG.md", "CONTRIBUTING.md")
START = "index.html"


def docs_files() -> dict[str, bytes]:
    """The pages and pictures, by their paths in docs.zip; `index.html` is the README.

    Raises `KitError` where the Markdown library is not installed.
    """
    try:
        from markdown_it import MarkdownIt
    except ImportError as missing:
        raise KitError(f"the docs need {missing.name}: pip install -e '.[otter]'") from None
    markdown = MarkdownIt("commonmark").enable("table")
    sources = [*(KIT / name for name in TOP), *sorted(DOCS.glob("*.md"))]
    pages = {path.relative_to(KIT).as_posix(): path.read_text("utf-8") for path in sources}
    pictures = {path.relative_to(KIT).as_posix(): path for path in sorted(DOCS.glob("*.png"))}
    known = {name: _page_name(name) for name in pages} | {name: name for name in pictures}
    files = {f"docs/{name}": path.read_bytes() for name, path in pictures.items()}
    for name, text in pages.items():
        tokens = markdown.parse(text)
        _link(tokens, name, known)
        html = Markup(markdown.renderer.render(tokens, markdown.options, {}))
        title = text.partition("\n")[0].lstrip("# ")
        page = render("doc.html", title=title, text=html, start=_relative(START, known[name]))
        files[f"docs/{known[name]}"] = page.encode()
    return files


def _page_name(name: str) -> str:
    return START if name == "README.md" else str(PurePosixPath(name).with_suffix(".html"))


def _link(tokens: list[Any], name: str, known: dict[str, str]) -> None:
    """Names the headings, as GitHub does; leads links to pages; unlinks what is not in the zip."""
    for before, token in zip([None, *tokens], tokens, strict=False):
        if before is not None and before.type == "heading_open":
            before.attrs["id"] = _anchor(token.content)
        for child in token.children or ():
            if child.type == "link_open" and not _is_outside(child.attrs["href"]):
                path, _, anchor = child.attrs["href"].partition("#")
                target = _normal(PurePosixPath(name).parent / path) if path else name
                if target in known:
                    page = _relative(known[target], known[name])
                    child.attrs["href"] = f"{page}#{anchor}" if anchor else page
                else:
                    del child.attrs["href"]


def _is_outside(address: str) -> bool:
    return "://" in address


def _anchor(heading: str) -> str:
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def _normal(path: PurePosixPath) -> str:
    return PurePosixPath(os.path.normpath(path)).as_posix()


def _relative(target: str, page: str) -> str:
    return PurePosixPath(os.path.relpath(target, PurePosixPath(page).parent)).as_posix()
