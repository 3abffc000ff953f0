"""Whether a sentence rests on its sources: numbers, names, dates, quotations, and what is said."""

from limelight.text.newsroom.checking.check import check_sentence, check_text
from limelight.text.newsroom.checking.copying import Wording, longest_copy
from limelight.text.newsroom.checking.verdict import Problem, Verdict

__all__ = ["Problem", "Verdict", "Wording", "check_sentence", "check_text", "longest_copy"]
