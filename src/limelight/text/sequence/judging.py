"""How near written texts are to those of people: BLEU and chrF."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from limelight.errors import BadInputError
from limelight.extras import require


@dataclass(frozen=True)
class Judged:
    """Scores from 0 to 100 of so many texts, and how sacrebleu computed them."""

    bleu: float
    chrf: float
    n: int
    signature: str


def judge(written: Sequence[str], references: Sequence[Sequence[str]]) -> Judged:
    """Compare each text with all that people wrote of the same.

    BLEU (Papineni et al. 2002) and chrF (Popović 2015) by sacrebleu, in lower case: capitals are
    names, which the source gave. Raises BadInputError where there is nothing to compare.
    """
    sacrebleu = require("sacrebleu", "text", "Judging texts")
    pairs = [(text, told) for text, told in zip(written, references, strict=True) if told]
    if not pairs:
        raise BadInputError("there are no texts by people to compare with")
    most = max(len(told) for _, told in pairs)
    others = [[told[k] if k < len(told) else None for _, told in pairs] for k in range(most)]
    bleu = sacrebleu.BLEU(lowercase=True)
    chrf = sacrebleu.CHRF(lowercase=True)
    texts = [text for text, _ in pairs]
    # chrF takes the best of the references, and none missing: the first stands in.
    filled = [[told[k] if k < len(told) else told[0] for _, told in pairs] for k in range(most)]
    return Judged(
        float(bleu.corpus_score(texts, others).score),
        float(chrf.corpus_score(texts, filled).score),
        len(pairs),
        str(bleu.get_signature()),
    )
