"""What a draft says that the one before it did not, says otherwise, and no longer says."""

from __future__ import annotations

from dataclasses import dataclass

from limelight.text.newsroom.checking import check_sentence
from limelight.text.newsroom.draft import Draft
from limelight.text.newsroom.evidence import Evidence
from limelight.text.newsroom.tokens import content_of
from limelight.text.newsroom.writing.statement import Statement

ALIKE = 0.6


@dataclass(frozen=True)
class Change:
    """``kind`` is "new", "changed", "withdrawn" or "unused"; texts are "" where there is none."""

    kind: str
    before: str
    after: str
    reason: str = ""


def changes(before: Draft, after: Draft, evidence: Evidence) -> list[Change]:
    """Compare two drafts; ``evidence`` is the newer one's.

    What the new sources no longer bear out is withdrawn, with the reason; what they do and the new
    draft has no room for is unused.
    """
    old, new = ([s for p in draft.paragraphs for s in p] for draft in (before, after))
    same = {s.text for s in old} & {s.text for s in new}
    left = [s for s in old if s.text not in same]
    found = []
    for statement in (s for s in new if s.text not in same):
        alike = next((one for one in left if _alike(one, statement, after.language)), None)
        if alike is None:
            found.append(Change("new", "", statement.text))
        else:
            left.remove(alike)
            found.append(Change("changed", alike.text, statement.text))
    for statement in left:
        verdict = check_sentence(statement.text, evidence, None, after.language)
        if verdict.supported:
            found.append(Change("unused", statement.text, ""))
        else:
            found.append(
                Change("withdrawn", statement.text, "", "; ".join(map(str, verdict.problems)))
            )
    return found


def _alike(one: Statement, other: Statement, language: str) -> bool:
    a, b = (content_of(s.text, language) for s in (one, other))
    return len(a & b) >= ALIKE * max(min(len(a), len(b)), 1)
