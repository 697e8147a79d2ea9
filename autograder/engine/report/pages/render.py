"""The template environment: everything is escaped, and nothing undefined goes unnoticed."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache
from pathlib import Path
from urllib.parse import quote

import jinja2
from markupsafe import Markup, escape

TEMPLATES = Path(__file__).parent / "templates"


@cache
def _environment() -> jinja2.Environment:
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["points"] = points
    made.filters["percent"] = percent
    made.filters["words"] = lambda name: name.replace("_", " ")
    made.filters["sentence"] = sentence
    made.filters["code"] = code
    made.globals["style"] = _inline("style.css")
    made.globals["script"] = _inline("class.js")
    made.globals["script_hash"] = _hash("class.js")
    made.globals["page_of"] = page_of
    return made


def render(template: str, **content: object) -> str:
    """The template's text; what is in `content` shows as text, whatever it is."""
    return _environment().get_template(template).render(content)


def page_of(stem: str) -> str:
    """The address of a student's page, seen from the class page."""
    return f"feedback/{quote(stem)}.html"


def points(value: float) -> str:
    """Points as people write them: 12, 0.5, 87.25."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def percent(share: float) -> str:
    """A share as whole percents; 100 % only where nothing is missing, 0 % only where nothing is."""
    whole = round(100 * share)
    if share < 1.0:
        whole = min(99, whole)
    if share > 0.0:
        whole = max(1, whole)
    return f"{whole} %"


def sentence(text: str) -> str:
    """The text with a capital letter and a full stop, unless it starts with a name in code."""
    text = text.strip()
    if text and text[-1] not in ".?!…":
        text += "."
    first = text.split(" ", 1)[0]
    is_name = any(c in first for c in "._()[]")
    return text if is_name else text[:1].upper() + text[1:]


def code(text: str) -> Markup:
    """The text, escaped, with what stands between backticks as code."""
    return Markup(re.sub(r"`([^`<>]+)`", r"<code>\1</code>", str(escape(text))))


def _inline(name: str) -> Markup:
    """One of the kit's own files, as it is."""
    return Markup((TEMPLATES / name).read_text("utf-8"))


def _hash(name: str) -> str:
    text = (TEMPLATES / name).read_bytes()
    return "sha256-" + base64.b64encode(hashlib.sha256(text).digest()).decode()
