"""The forms that a draft may have, each with its own plan."""

from __future__ import annotations

from dataclasses import dataclass

from limelight.errors import NotFoundError


@dataclass(frozen=True)
class Form:
    """What a form holds: ``length`` in words (in Chinese ``han`` characters), and its layout.

    ``quotations`` is how many it has at most, ``in_paragraph`` how many sentences a paragraph has.
    """

    name: str
    about: str
    length: int
    han: int
    quotations: int
    in_paragraph: int
    standfirst: bool = False
    narrative: bool = False
    body: bool = True

    @property
    def excerpts(self) -> int:
        """How many of the quotations may be of the reports' own prose: half."""
        return (self.quotations + 1) // 2

    def limit(self, language: str) -> int:
        """Give the length in the language's measure."""
        return self.han if language == "zh" else self.length


FORMS = {
    form.name: form
    for form in (
        Form("brief", "news in brief: one paragraph, the news first", 90, 180, 1, 6),
        Form("article", "a news article: standfirst, then from the news to its "
                        "background", 380, 800, 4, 2, standfirst=True),
        Form("reviews", "a review round-up: what each critic says, in their "
                        "words", 320, 600, 12, 3, standfirst=True),
        Form("synopsis", "a synopsis: what happens, in order, without "
                         "quotations", 130, 260, 0, 6, narrative=True),
        Form("programme", "a programme note: the work, its makers, its "
                          "place", 220, 420, 1, 3, narrative=True, standfirst=True),
        Form("push", "a push message of one sentence", 24, 48, 0, 1, body=True),
        Form("headlines", "headlines to choose from", 0, 0, 0, 1, body=False),
    )
}  # fmt: skip


def form_of(name: str) -> Form:
    """Give a form by its name. Raises NotFoundError, which names all."""
    if name not in FORMS:
        raise NotFoundError(f"there is no form {name!r}; there are {', '.join(FORMS)}")
    return FORMS[name]
