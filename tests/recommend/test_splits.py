from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from limelight.errors import BadInputError
from limelight.recommend.interactions import Histories, Interactions
from limelight.recommend.splits import (
    Split,
    check_no_leak,
    in_time,
    leave_one_out,
    new_titles,
    new_users,
)


def interactions(rows, *, times=None, rejected=(), n_items=10):
    """Users a, b, c ... with these items; ``rejected`` events (user row, place) weigh -1."""
    histories = Histories.from_lists(rows, n_items)
    for row, place in rejected:
        histories.weights[histories.offsets[row] + place] = -1
    if times is not None:
        histories = replace(histories, times=np.array([t for row in times for t in row], np.int64))
    return Interactions(
        pl.Series([chr(ord("a") + row) for row in range(len(rows))], dtype=pl.String),
        pl.Series([f"i{item}" for item in range(n_items)]),
        histories,
    )


def random_interactions(seed=0, n_users=80, n_items=30, repeats=True):
    rng = np.random.default_rng(seed)
    frame = pl.DataFrame(
        {
            "user_id": rng.integers(0, n_users, 900),
            "item_id": (n_items * rng.random(900) ** 2).astype(int),
            "kind": rng.choice(["view", "skip"], 900, p=[0.85, 0.15]),
            "time": rng.integers(0, 10**6, 900),
        }
    )
    if not repeats:
        frame = frame.unique(["user_id", "item_id"], maintain_order=True)
    return Interactions.from_frame(frame)


def lists(histories):
    return [histories[row : row + 1].items.tolist() for row in range(len(histories))]


def by_user(split):
    return dict(
        zip(
            split.user_ids,
            zip(lists(split.histories), lists(split.answers), strict=True),
            strict=True,
        )
    )


def training(split):
    return dict(zip(split.train.user_ids, lists(split.train.histories), strict=True))


def test_leave_one_out():
    whole = interactions([[1, 2, 3, 4], [5, 6], [7, 8, 9]])
    test = leave_one_out(whole)
    assert by_user(test) == {"a": ([1, 2, 3], [4]), "c": ([7, 8], [9])}
    assert training(test) == {"a": [1, 2], "b": [5, 6], "c": [7]}
    validation = leave_one_out(whole, "validation")
    assert by_user(validation) == {"a": ([1, 2], [3]), "c": ([7], [8])}
    assert training(validation) == training(test)
    assert test.train.item_ids is whole.item_ids


def test_leave_one_out_asks_for_liked_titles_only():
    # User a ends with two rejections, b has too few likes to be tested.
    whole = interactions([[1, 2, 3, 4, 5, 6], [1, 2, 3]], rejected=[(0, 2), (0, 4), (0, 5), (1, 1)])
    test = leave_one_out(whole)
    assert by_user(test) == {"a": ([1, 2, 3], [4])}
    assert training(test) == {"a": [1], "b": [1, 2, 3]}


def test_leave_one_out_keeps_an_answer_that_repeats_the_history():
    test = leave_one_out(interactions([[1, 2, 3, 1]]))
    assert by_user(test) == {"a": ([1, 2, 3], [1])}
    check_no_leak(test)


def test_new_users():
    whole = random_interactions(n_items=300, repeats=False)
    test, validation = new_users(whole), new_users(whole, "validation")
    assert training(test) == training(validation)
    parts = [set(test.user_ids), set(validation.user_ids), set(test.train.user_ids)]
    assert not (parts[0] & parts[1] or parts[0] & parts[2] or parts[1] & parts[2])
    assert [len(part) for part in parts] == [8, 8, 64]
    assert set(new_users(whole, seed=1).user_ids) != parts[0]
    assert by_user(new_users(whole)) == by_user(test)


def test_new_users_are_shown_four_fifths():
    rows = [[0, 1, 2, 3, 4]] * 5 + [[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]] * 5
    expected = {
        **{chr(ord("a") + u): ([0, 1, 2, 3], [4]) for u in range(5)},
        **{chr(ord("f") + u): (list(range(8)), [8, 9]) for u in range(5)},
    }
    whole = interactions(rows)
    for seed in range(6):
        [(user, case)] = by_user(new_users(whole, seed=seed)).items()
        assert case == expected[user]


def test_new_users_are_asked_for_titles_they_have_not_met():
    rows = [[0, 1, 2, 3, 0, 1, 2, 3, 0, 9]] * 9 + [[0, 1, 2, 3, 0, 1, 2, 3, 0, 1]]
    answers = [by_user(new_users(interactions(rows), seed=seed)) for seed in range(3)]
    assert all(case == (rows[0][:8], [9]) for users in answers for case in users.values())


@pytest.mark.parametrize("rows", [[[1, 2, 3]] * 9, [[1]] * 20])
def test_too_little_to_hold_out_is_said(rows):
    with pytest.raises(BadInputError, match="nobody to test"):
        new_users(interactions(rows))


TIMED = interactions(
    [[1, 2, 3], [4, 5], [6], [1, 1]],
    times=[[10, 20, 30], [5, 25], [40], [10, 50]],
)


def test_in_time():
    split = in_time(TIMED, datetime(1970, 1, 1, 0, 0, 0, 25, UTC))
    assert training(split) == {"a": [1, 2], "b": [4], "d": [1]}
    assert by_user(split) == {"a": ([1, 2], [3]), "b": ([4], [5])}
    assert split.moment == 25
    newcomers = in_time(TIMED, datetime(1970, 1, 1, 0, 0, 0, 25), newcomers=True)
    assert by_user(newcomers) == {**by_user(split), "c": ([], [6])}


def test_in_time_knows_zones_and_shares():
    at = datetime(1970, 1, 1, 2, 0, 0, 25, timezone(timedelta(hours=2)))
    assert in_time(TIMED, at).moment == 25
    # Eight events at 5 10 10 20 25 30 40 50: a half are before 25, and equal times stay together.
    assert in_time(TIMED, 0.5).moment == 25
    assert in_time(TIMED, 0.3).moment == 10


@pytest.mark.parametrize("share", [0, 1, -0.5, 90, float("nan")])
def test_in_time_refuses_a_share_that_is_none(share):
    with pytest.raises(BadInputError, match="between 0 and 1"):
        in_time(TIMED, share)


def test_in_time_refuses_what_has_no_before_or_no_after():
    with pytest.raises(BadInputError, match="no times"):
        in_time(interactions([[1, 2, 3]]))
    with pytest.raises(BadInputError, match="no events to train"):
        in_time(TIMED, datetime(1960, 1, 1, tzinfo=UTC))
    with pytest.raises(BadInputError, match="nobody to test"):
        in_time(TIMED, datetime(2030, 1, 1, tzinfo=UTC))


def test_new_titles():
    whole = random_interactions()
    split = new_titles(whole)
    assert split.new_items.sum() == 3
    assert not split.new_items[split.train.histories.items].any()
    assert not split.new_items[split.histories.items].any()
    assert split.new_items[split.answers.items].all()
    assert split.train.n_items == whole.n_items
    likes = whole.histories.weights > 0
    had_some = {
        whole.user_ids[int(u)]
        for u in whole.histories.owners[likes & split.new_items[whole.histories.items]]
    }
    assert set(split.user_ids) == had_some
    assert (new_titles(whole, seed=1).new_items != split.new_items).any()


PROTOCOLS = {
    "test": leave_one_out,
    "validation": lambda whole: leave_one_out(whole, "validation"),
    "new users": new_users,
    "in time": in_time,
    "newcomers": lambda whole: in_time(whole, 0.5, newcomers=True),
    "new titles": new_titles,
}


@pytest.mark.parametrize("protocol", PROTOCOLS.values(), ids=PROTOCOLS)
@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 1000))
def test_every_protocol_is_sound(protocol, seed):
    whole = random_interactions(seed)
    split = protocol(whole)
    check_no_leak(split)
    assert (split.answers.weights > 0).all()
    assert split.answers.lengths.min() >= 1
    of_user = dict(zip(whole.user_ids, lists(whole.histories), strict=True))
    for user, (shown, asked) in by_user(split).items():
        assert Counter(shown + asked) <= Counter(of_user[user])
        if "leave" not in split.name:
            assert not set(shown) & set(asked)


@pytest.mark.parametrize("protocol", PROTOCOLS.values(), ids=PROTOCOLS)
def test_a_planted_leak_is_found(protocol):
    whole = random_interactions(repeats=False)
    split = protocol(whole)
    check_no_leak(split)
    with pytest.raises(BadInputError, match="leaks"):
        check_no_leak(replace(split, train=whole))


@pytest.mark.parametrize("protocol", PROTOCOLS.values(), ids=PROTOCOLS)
def test_one_leaked_event_is_enough_whatever_the_order_of_users(protocol):
    whole = random_interactions(repeats=False)
    split = protocol(whole)
    rows = training(split)
    user = split.user_ids[0]
    rows[user] = [*rows.get(user, []), int(split.answers.items[0])]
    users = list(rows)[::-1]
    histories = Histories.from_lists([rows[name] for name in users], whole.n_items)
    train = Interactions(pl.Series(users), whole.item_ids, histories)
    with pytest.raises(BadInputError, match="leaks"):
        check_no_leak(replace(split, train=train, moment=None, new_items=None))


def test_a_leak_names_user_and_title():
    split = leave_one_out(interactions([[1, 2, 3, 4], [5, 6, 7]]))
    train = interactions([[1, 2, 4], [5]])
    with pytest.raises(BadInputError, match=r"1 answers are in training.*'i4' of user 'a'"):
        check_no_leak(replace(split, train=train))


def test_training_after_the_moment_leaks_whoever_it_is_of():
    split = in_time(TIMED, datetime(1970, 1, 1, 0, 0, 0, 25, UTC))
    train = interactions([[1, 2], [4], [6]], times=[[10, 20], [5], [25]])
    with pytest.raises(BadInputError, match="1 training events are not before"):
        check_no_leak(replace(split, train=train))


def test_parts_that_do_not_fit_are_refused():
    whole = interactions([[1, 2, 3], [4, 5, 6]])
    users = whole.user_ids
    one, two = whole.histories[:1], whole.histories
    for histories, answers, user_ids, complaint in (
        (one, two, users, "as many of each"),
        (two, two, pl.Series(["a", "a"]), "twice"),
        (two, Histories.from_lists([[1], [2]], 11), users, "different sizes"),
        (two, Histories.from_lists([[1], []], 10), users, "without an answer"),
        (two[:0], two[:0], users[:0], "nobody to test"),
    ):
        with pytest.raises(BadInputError, match=complaint):
            Split("mine", whole, user_ids, histories, answers)
