"""Screens tell people apart, show what people know, and answers move what is guessed."""

import numpy as np
import polars as pl
import pytest

from limelight.errors import BadInputError
from limelight.recommend.interactions import Histories, Interactions
from limelight.recommend.models import LatentClasses
from limelight.recommend.onboarding import TITLES, Onboarding, Tap

N_ITEMS = 40


def classes(rates, sizes):
    model = LatentClasses(classes=len(sizes))
    model.rates = np.array(rates, np.float32)
    model.sizes = np.array(sizes, np.float32)
    model.tastes = model.rates / model.rates.sum(axis=1, keepdims=True)
    return model


@pytest.fixture
def two_kinds():
    """Everybody knows title 0; 1 and 2 tell the kinds apart; hardly anybody knows title 3."""
    return classes([[0.9, 0.6, 0.01, 0.02], [0.9, 0.01, 0.5, 0.001]], [0.5, 0.5])


@pytest.fixture(scope="module")
def learned():
    """Three kinds of people, each with twelve titles of its own; title 39 nobody met."""
    rng = np.random.default_rng(0)
    lists = [[*(13 * (u % 3) + rng.permutation(13)[:6]).tolist()] for u in range(300)]
    ids = pl.Series([f"u{row}" for row in range(300)])
    items = pl.Series([f"i{item}" for item in range(N_ITEMS)])
    histories = Histories.from_lists(lists, N_ITEMS)
    return LatentClasses(classes=3).fit(Interactions(ids, items, histories))


class TestScreens:
    def test_the_title_that_tells_most_comes_first(self, two_kinds):
        assert Onboarding(two_kinds).screen()[0] == 1

    def test_a_title_that_everybody_knows_tells_nothing_alone(self, two_kinds):
        alone = np.array([True, False, False, True])
        assert Onboarding(two_kinds, alone).screen()[0] == 3

    def test_no_title_comes_twice_and_each_kind_has_one(self, learned):
        onboarding = Onboarding(learned)
        taps = []
        for _ in range(3):
            shown = onboarding.screen(taps)
            assert len(set(shown)) == TITLES
            taps.append(Tap(tuple(shown), None))
        assert len({item for tap in taps for item in tap.shown}) == 3 * TITLES
        assert {item // 13 for item in taps[0].shown} == {0, 1, 2}
        assert 39 not in onboarding.candidates

    def test_only_allowed_titles_are_shown(self, learned):
        allowed = np.zeros(N_ITEMS, bool)
        allowed[[1, 14, 27]] = True
        assert sorted(Onboarding(learned, allowed).screen()) == [1, 14, 27]

    def test_without_titles_there_is_no_screen(self, learned):
        onboarding = Onboarding(learned, np.zeros(N_ITEMS, bool))
        assert onboarding.screen() == []
        assert onboarding.memberships([Tap((), None)]) == pytest.approx(learned.sizes, abs=1e-6)


class TestAnswers:
    def test_they_move_memberships_by_bayes_rule(self, two_kinds):
        onboarding = Onboarding(two_kinds)
        assert onboarding.memberships([]) == pytest.approx([0.5, 0.5])
        liked = onboarding.memberships([Tap((1,), 1)])
        assert liked == pytest.approx([0.6 / 0.61, 0.01 / 0.61], abs=1e-6)
        none = onboarding.memberships([Tap((1,), None)])
        assert none == pytest.approx([0.4 / 1.39, 0.99 / 1.39], abs=1e-6)

    def test_a_tap_among_several_is_shared_by_those_known(self, two_kinds):
        belongs = Onboarding(two_kinds).memberships([Tap((0, 1), 0)])
        first = (1 - 0.1 * 0.4) * 0.9 / 1.5
        second = (1 - 0.1 * 0.99) * 0.9 / 0.91
        assert belongs == pytest.approx([first / (first + second), second / (first + second)])

    def test_they_lead_to_the_titles_of_the_kind(self, learned):
        onboarding = Onboarding(learned)
        tap = Tap((0, 13, 26), 13)
        assert set(np.argsort(-onboarding.score([tap]))[:13]) == set(range(13, 26))
        assert onboarding.history([tap, Tap((1, 2), None)]) == [13]

    def test_what_was_not_shown_cannot_be_liked(self):
        with pytest.raises(BadInputError, match="was not shown"):
            Tap((1, 2), 3)
