"""The template environment: everything is escaped, and nothing undefined goes unnoticed."""

import base64
import hashlib
import re
from pathlib import Path

import jinja2
from markupsafe import Markup, escape


def points(value: float) -> str:
    """Points as people write them: 12, 0.5, 87.25."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def percent(share: float) -> str:
    """A share as whole percents; 100 % only where nothing is missing, 0 % only where nothing is."""
    return f"{min(max(round(100 * share), share > 0.0), 99 + (share >= 1.0)):d} %"


def sentence(text: str) -> str:
    """The text with a full stop, and a capital letter unless it starts with a name in code."""
    text = text.strip()
    if text and text[-1] not in ".?!…":
        text += "."
    is_name = re.match(r"\S*[._()\[\]]|\w+ (of|after|or) ", text)
    return text if is_name else text[:1].upper() + text[1:]


def digest(script: str) -> str:
    """What a policy of content knows a script by."""
    return f"sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}"


def code(text: str) -> Markup:
    """The text, escaped, with what stands between backticks as code."""
    return Markup(re.sub(r"`([^`<>]+)`", r"<code>\1</code>", str(escape(text))))


_jinja = jinja2.Environment(
    loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_jinja.filters.update(points=points, percent=percent, sentence=sentence, code=code, digest=digest)
_jinja.filters["words"] = lambda name: name.replace("_", " ")
# Compiled on import: processes that are forked later have them at hand.
_found = _jinja.list_templates(["html", "css", "js"])
_templates = {name: _jinja.get_template(name) for name in _found}


def render(template: str, **content: object) -> str:
    """The template's text; what is in `content` shows as text, whatever it is."""
    return _templates[template].render(content)
