"""A language model's wordings with and without the newsroom's checks."""

from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

from documents import table
from grounding import grounded
from news_bundles import bundles

from limelight.text.newsroom import Assignment, Evidence, Material, opened, written
from limelight.text.newsroom.rewriting import Endpoint, asked, rewrites


def measure_model(n: int, url: str) -> str:
    """Let a model word briefs anew, and count what it invents without the checks."""
    count: Counter[str] = Counter()
    model = Endpoint(url)
    with TemporaryDirectory() as folder:
        for number, bundle in enumerate(bundles(n)):
            path = Path(folder) / f"{number}.txt"
            report = bundle.reports[0].replace("''", '"')
            path.write_text(report, encoding="utf-8")
            assignment = Assignment((Material(path.name, path.read_bytes()),), "brief", "en")
            draft, evidence = written(assignment), Evidence(*opened(assignment))
            body = [s for p in draft.paragraphs for s in p if s.way in ("said", "data")]
            accepted, _ = rewrites(draft, evidence, 12, model)
            count["sentences given to it"] += len(body)
            count["worded anew and published"] += len(accepted)
            for statement in body:
                answer = asked(model, statement, evidence, "en")
                if not answer or answer == statement.text:
                    continue
                count["worded anew"] += 1
                count["of these not borne out, by grounded-check"] += not grounded(
                    answer, [str(path)]
                )
            for _, text in accepted:
                count["published and not borne out, by grounded-check"] += not grounded(
                    text, [str(path)]
                )
    names = (
        "sentences given to it",
        "worded anew",
        "of these not borne out, by grounded-check",
        "worded anew and published",
        "published and not borne out, by grounded-check",
    )
    return table([{"sentences": name, "n": count[name]} for name in names])
