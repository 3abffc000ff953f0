"""Which sentences lean on the one before them: "He refuses." says nothing alone."""

from __future__ import annotations

import re
from collections.abc import Sequence

from limelight.text.summary.source import Sentence

PRONOUNS = "he|she|it|they|his|her|its|their|him|them|this|that|these|those|both|such|one"
CONNECTIVES = (
    "but|and|or|so|yet|however|meanwhile|also|instead|still|then|therefore|thus|otherwise|later"
    "|moreover|furthermore|nevertheless|nonetheless|besides|afterwards|consequently|similarly"
    "|likewise|as a result|in addition|on the other hand|for example|for instance"
)
CHINESE = (
    "他|她|它|此|这|那|其|该|并且|而且|但是|但|然而|不过|所以|因此|于是|随后|之后|后来|接着|同时|另外"
    "|此外|与此同时|這|該|並且|但|然後|然后|於是|隨後|同時"
)
LEANS = re.compile(rf"[\"“‘'(（「]*(?:(?:{PRONOUNS}|{CONNECTIVES})\b|(?:{CHINESE}))", re.IGNORECASE)


def leans(text: str) -> bool:
    """Say whether a sentence begins with a pronoun, or with a word that goes on from another."""
    return LEANS.match(text) is not None


def supports(sentences: Sequence[Sentence]) -> list[int | None]:
    """Give of each sentence the number, from 0, of the one that it leans on; None where of none.

    The first one of a text leans on none, whatever it begins with.
    """
    return [at - 1 if at and leans(one.text) else None for at, one in enumerate(sentences)]
