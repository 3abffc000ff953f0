import json
import re

import numpy as np
import pytest
from striped import stripes

from limelight.image.classify.calibration import best_temperature, calibration_error, reliability
from limelight.image.classify.evaluation import Evaluation, evaluate
from limelight.image.classify.labelled import Labelled
from limelight.image.classify.report import write_report


@pytest.fixture
def judged() -> Evaluation:
    """Four pictures of a and two of b; c was never there, and said once."""
    labels = np.array([0, 0, 0, 0, 1, 1])
    likely = [[0.9, 0.1, 0], [0.8, 0.2, 0], [0.3, 0.7, 0], [0.1, 0, 0.9], [0, 1, 0], [0.6, 0.4, 0]]
    pictures = np.zeros((6, 24, 24, 3), np.uint8)
    return Evaluation(Labelled(pictures, labels, ("a", "b", "c")), np.array(likely, np.float32))


def test_counts_are_exact(judged):
    assert judged.accuracy == 0.5
    assert judged.confusion.tolist() == [[2, 1, 1], [1, 1, 0], [0, 0, 0]]
    a, b, c = judged.by_class
    assert (a.n, a.precision, a.recall, a.f1) == (4, 2 / 3, 0.5, 4 / 7)
    assert (b.n, b.precision, b.recall, b.f1) == (2, 0.5, 0.5, 0.5)
    assert (c.n, c.precision, c.recall, c.f1) == (0, 0, None, 0)
    assert judged.macro_f1 == pytest.approx((4 / 7 + 0.5) / 2)
    assert judged.worst(2).tolist() == [3, 2]
    low, high = judged.interval
    assert (low, high) == pytest.approx((0.1876, 0.8124), abs=1e-4)


def test_facts_are_json_and_agree(judged):
    facts = json.loads(json.dumps(judged.facts(), allow_nan=False))
    assert facts["worst"][0] == {
        "picture": 3,
        "class": "a",
        "said": "c",
        "probability": pytest.approx(0.9),
    }
    assert sum(one["n"] for one in facts["reliability"]) == 6
    assert np.sum(facts["confusion"]) == facts["pictures"] == 6


def test_calibration_of_answers_that_are_as_right_as_sure():
    sure = np.repeat([0.6, 0.9], 1000)
    right = np.concatenate([np.arange(1000) < 600, np.arange(1000) < 900])
    probabilities = np.stack([sure, 1 - sure], 1)
    bins = reliability(probabilities, np.where(right, 0, 1))
    assert [one.n for one in bins] == [1000, 1000]
    assert calibration_error(bins) == pytest.approx(0, abs=1e-9)
    assert calibration_error(reliability(probabilities, np.zeros(2000, int))) == pytest.approx(0.25)


def test_a_temperature_undoes_what_made_answers_too_sure():
    random = np.random.default_rng(0)
    logits = random.normal(0, 2, (4000, 5))
    likely = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    labels = (likely.cumsum(1) > random.random((4000, 1))).argmax(1)
    assert best_temperature(3 * logits, labels) == pytest.approx(3, rel=0.05)
    assert best_temperature(logits, logits.argmax(1)) == 1
    assert best_temperature(logits, logits.argmin(1)) == 1


def test_the_report_shows_it_all_and_loads_nothing(learned, tmp_path):
    judged = evaluate(learned, stripes(90, 8))
    page = write_report(tmp_path / "page.html", learned, judged).read_text(encoding="utf-8")
    assert f"{100 * judged.accuracy:.1f} %" in page
    assert page.count("<svg") == 4
    assert page.count('src="data:image/png;base64,') == min(
        24, int((judged.said != judged.labelled.labels).sum())
    )
    assert page.count('class="own"') == 3
    assert not re.search(r'(src|href)="(?!data:|#)', page)


def test_the_report_escapes_names(learned, tmp_path):
    labelled = stripes(30, 8)
    told = Labelled(
        labelled.pictures, 2 - labelled.labels, labelled.classes, ("<script>.png",) * 30
    )
    learned_otherwise = evaluate(learned, told)
    page = write_report(tmp_path / "page.html", learned, learned_otherwise).read_text(
        encoding="utf-8"
    )
    assert "&lt;script&gt;.png" in page
    assert "<script>" not in page
