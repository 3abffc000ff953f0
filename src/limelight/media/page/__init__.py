"""Pages of HTML that need nothing else: no server, no network, the reader's light or dark."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from limelight.extras import require
from limelight.media.whole import replacing


def write_page(path: Path, package: str, template: str, **values: Any) -> Path:
    """Fill a template of ``package`` with ``values``, all text escaped, and write it whole.

    Templates lie in the package's folder ``templates``, extend "page.html" (blocks ``title``,
    ``style``, ``lead`` and ``main``) and may be given pictures as data addresses. Raises
    MissingExtraError without jinja2, UnavailableError where ``path`` can't be written.
    """
    jinja2 = require("jinja2", "report", "The HTML page")
    loaders = [jinja2.PackageLoader(package), jinja2.PackageLoader("limelight.media.page")]
    templates = jinja2.Environment(
        loader=jinja2.ChoiceLoader(loaders),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    page: str = templates.get_template(template).render(values)
    with replacing(path) as draft:
        draft.write_text(page, encoding="utf-8")
    return path
