"""A newsroom that never invents: sources and data in, copy with footnotes out."""

from limelight.text.newsroom.archive import Archive
from limelight.text.newsroom.assignment import Assignment, Material, opened, settled, written
from limelight.text.newsroom.checking import check_sentence, check_text
from limelight.text.newsroom.draft import Draft
from limelight.text.newsroom.evidence import Evidence
from limelight.text.newsroom.forms import FORMS, Form
from limelight.text.newsroom.revision import changes
from limelight.text.newsroom.sources import gather

__all__ = [
    "FORMS",
    "Archive",
    "Assignment",
    "Draft",
    "Evidence",
    "Form",
    "Material",
    "changes",
    "check_sentence",
    "check_text",
    "gather",
    "opened",
    "settled",
    "written",
]
