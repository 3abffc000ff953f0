"""The networks' own parts against PyTorch's, and training that stops, resumes and learns."""

from __future__ import annotations

import sys
from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from test_models import interactions

from limelight.errors import BadInputError, MissingExtraError
from limelight.recommend.interactions import Histories
from limelight.recommend.models import Recurrent, SelfAttention, load_model
from limelight.recommend.neural.layers import (
    MINUTE,
    SPANS,
    CausalAttention,
    keep_all,
    nearness,
)
from limelight.recommend.neural.loss import ROWS, softmax_loss
from limelight.recommend.neural.networks import RecurrentNetwork, SelfAttentionNetwork
from limelight.recommend.neural.pieces import batches, cut, padded, round_up
from limelight.recommend.workplace import Workplace, working_at
from limelight.training import epochs

NETWORKS = [
    SelfAttentionNetwork(9, 8, 2, 2, 6, time_gaps=False),
    SelfAttentionNetwork(9, 8, 2, 2, 6, time_gaps=True),
    RecurrentNetwork(9, 8, 2),
]
MODELS = [SelfAttention, Recurrent]
SMALL = {"width": 16, "epochs": 8, "learning_rate": 0.01, "events": 128}


def round_trips(n_users=60, n_items=12):
    """Everybody goes around the titles in order, each from a place of their own."""
    return interactions(
        [[(user + step) % n_items for step in range(7)] for user in range(n_users)], n_items
    )


@pytest.mark.parametrize("n", [1, 5, ROWS, ROWS + 3])
def test_the_loss_and_its_gradients_are_those_of_the_whole_softmax(n):
    torch.manual_seed(0)
    queries, vectors = torch.randn(n, 6), torch.randn(20, 6)
    bias, targets = torch.randn(20), torch.randint(0, 20, (n,))
    found = [part.clone().requires_grad_() for part in (queries, vectors, bias)]
    expected = [part.clone().requires_grad_() for part in (queries, vectors, bias)]
    loss = softmax_loss(*found, targets, torch.float32)
    logits = expected[0] @ expected[1].T + expected[2]
    whole = torch.nn.functional.cross_entropy(logits, targets)
    (3 * loss).backward()
    (3 * whole).backward()
    assert torch.allclose(loss, whole, atol=1e-5)
    for mine, theirs in zip(found, expected, strict=True):
        assert torch.allclose(mine.grad, theirs.grad, atol=1e-5)


def test_attention_is_the_published_formula():
    torch.manual_seed(0)
    layer = CausalAttention(8, 2, 5, time_gaps=False)
    x = torch.randn(3, 5, 8, requires_grad=True)
    distance = torch.arange(5)[:, None] - torch.arange(5)
    bias = layer.by_distance[:, distance.clamp(min=0)].masked_fill(distance < 0, -torch.inf)
    q, k, v = (part.view(3, 5, 2, 4).transpose(1, 2) for part in layer.into(x).chunk(3, -1))
    mixed = torch.nn.functional.scaled_dot_product_attention(q, k, v, attn_mask=bias)
    expected = layer.out(mixed.transpose(1, 2).reshape(3, 5, 8))
    found = layer(x, None)
    assert torch.allclose(found, expected, atol=1e-5)
    weights = [x, layer.by_distance, layer.into.weight]
    upstream = torch.randn_like(found)
    mine = torch.autograd.grad(found, weights, upstream)
    theirs = torch.autograd.grad(expected, weights, upstream)
    for one, other in zip(mine, theirs, strict=True):
        assert torch.allclose(one, other, atol=1e-5)


@pytest.mark.parametrize("network", NETWORKS)
def test_no_place_knows_what_comes_after_it(network):
    items = torch.tensor([[1, 2, 3, 4, 5]])
    changed = torch.tensor([[1, 2, 3, 8, -1]])
    times = torch.tensor([[1, 2, 3, 4, 5]]) * MINUTE
    later = torch.tensor([[1, 2, 3, 700, 0]]) * MINUTE
    one = network(items, keep_all, torch.float32, times)[0]
    other = network(changed, keep_all, torch.float32, later)[0]
    assert torch.equal(one[:3], other[:3])
    assert not torch.equal(one[3], other[3])


def test_attention_minds_the_time_between_events():
    torch.manual_seed(0)
    layer, x = CausalAttention(4, 1, 3, time_gaps=True), torch.randn(1, 3, 4)
    times = torch.tensor([[0, 10 * MINUTE, 10 * MINUTE]])
    near = nearness(times, torch.float32)
    assert near.shape == (1, 3, 3, len(SPANS))
    assert near[0, 2, 1].tolist() == [1] * len(SPANS)
    assert near[0, 2, 0, 1].item() == pytest.approx(np.exp(-1))
    assert torch.equal(layer(x, near), layer(x, None))  # nothing is learned yet
    with torch.no_grad():
        layer.by_gap[1] = 50.0
    q, k, v = layer.into(x).chunk(3, -1)
    logits = q[0, 2] @ k[0].T / 2 + layer.by_distance[0, [2, 1, 0]] + 50 * near[0, 2, :, 1]
    assert torch.allclose(layer(x, near)[0, 2], layer.out(logits.softmax(0) @ v[0]), atol=1e-5)


def timed(n_users=80, n_items=12):
    """Titles in any order, a minute or forty days apart."""
    random = np.random.default_rng(0)
    lists = [random.permutation(n_items)[:6].tolist() for _ in range(n_users)]
    told = interactions(lists, n_items)
    steps = random.choice([MINUTE, 40 * 1440 * MINUTE], len(told.histories.items))
    return replace(told, histories=replace(told.histories, times=np.cumsum(steps)))


def test_time_gaps_need_times_to_learn_and_none_to_answer(tmp_path):
    model = SelfAttention(**SMALL | {"epochs": 2}, time_gaps=True)
    with pytest.raises(BadInputError, match="no times"):
        model.fit(round_trips())
    data = timed()
    model.fit(data)
    assert "layers.0.attention.by_gap" in model.parameters
    asked = data.histories
    together = replace(asked, times=np.zeros_like(asked.times))
    untimed = replace(asked, times=None)
    assert np.allclose(model.score(untimed), model.score(together), atol=1e-5)
    assert not np.allclose(model.score(asked), model.score(together), atol=1e-5)
    model.save(tmp_path)
    assert np.array_equal(load_model(tmp_path).score(asked), model.score(asked))


LISTS = st.lists(st.lists(st.integers(0, 5), max_size=30), min_size=1, max_size=5)


@settings(max_examples=60, deadline=None)
@given(LISTS, st.integers(1, 7), st.integers(0, 3))
def test_every_event_but_the_first_is_asked_for_once(lists, length, seed):
    histories = Histories.from_lists(lists, 6)
    starts, lengths = cut(histories, length, np.random.default_rng(seed))
    assert (lengths <= length + 1).all()
    asked = [
        e for start, n in zip(starts, lengths, strict=True) for e in range(start + 1, start + n)
    ]
    first = set(histories.offsets[:-1].tolist())
    assert sorted(asked) == [e for e in range(len(histories.items)) if e not in first]
    width = int(round_up(lengths).max(initial=0))
    rows = padded(histories.items, (starts, lengths), width, -1)
    for row, start, n in zip(rows, starts, lengths, strict=True):
        assert row[:n].tolist() == histories.items[start : start + n].tolist()
        assert (row[n:] == -1).all()


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 40), max_size=50), st.integers(40, 200))
def test_groups_hold_every_piece_once_and_are_bounded(lengths, events):
    lengths = np.array(lengths, np.int64)
    groups = batches(lengths, events, np.random.default_rng(0))
    assert sorted(n for group in groups for n in group) == list(range(len(lengths)))
    assert all(round_up(lengths[group]).max() * len(group) <= events for group in groups)


@pytest.mark.parametrize("model", MODELS)
def test_order_is_learned(model):
    fitted = model(**SMALL | {"epochs": 40, "patience": 0}).fit(round_trips())
    histories = Histories.from_lists([[3, 4, 5], [9, 10, 11], [8, 7, 6, 7]], 12)
    assert fitted.score(histories).argmax(1).tolist() == [6, 0, 8]


@pytest.mark.parametrize("model", MODELS)
def test_training_that_was_killed_goes_on_to_the_same_end(model, tmp_path, monkeypatch):
    monkeypatch.setattr(epochs, "CHECKPOINT_SECONDS", 0.0)
    whole = model(**SMALL).fit(round_trips())

    def stop_half_way(done, total, _message):
        if done > total * 0.4:
            raise KeyboardInterrupt

    with working_at(Workplace(checkpoints=tmp_path)):
        with pytest.raises(KeyboardInterrupt):
            model(**SMALL).fit(round_trips(), stop_half_way)
        assert len(list(tmp_path.iterdir())) == 1
        began = []
        resumed = model(**SMALL).fit(round_trips(), lambda done, *_: began.append(done))
    assert began[0] > 3
    # Self-attention ends bit for bit the same; PyTorch's recurrent units differ in last digits.
    same = 0 if model is SelfAttention else 2e-3
    assert np.allclose(resumed.vectors, whole.vectors, rtol=0, atol=same)
    for name, weights in whole.parameters.items():
        assert np.allclose(resumed.parameters[name], weights, rtol=0, atol=same)
    assert np.allclose(resumed.curve[:, :2], whole.curve[:, :2], rtol=0, atol=same)
    assert not list(tmp_path.iterdir())


def test_a_checkpoint_of_something_else_is_not_taken_up(tmp_path, monkeypatch):
    monkeypatch.setattr(epochs, "CHECKPOINT_SECONDS", 0.0)

    def stop(done, _total, _message):
        if done > 1:
            raise KeyboardInterrupt

    def interrupted(histories, **settings):
        before = set(tmp_path.iterdir())
        with pytest.raises(KeyboardInterrupt):
            SelfAttention(**SMALL | settings).fit(histories, stop)
        (checkpoint,) = set(tmp_path.iterdir()) - before
        return checkpoint

    with working_at(Workplace(checkpoints=tmp_path)):
        ours, of_other_data = interrupted(round_trips()), interrupted(round_trips(61))
        wider = interrupted(round_trips(), width=24).read_bytes()  # as another version builds it
        assert of_other_data != ours
        for content in (b"cut off", wider):
            ours.write_bytes(content)
            again = SelfAttention(**SMALL).fit(round_trips())
            assert len(again.curve) == SMALL["epochs"]
    assert np.array_equal(again.vectors, SelfAttention(**SMALL).fit(round_trips()).vectors)


def test_training_stops_when_nothing_gets_better():
    random = np.random.default_rng(0)
    noise = interactions(random.integers(0, 30, (80, 6)).tolist(), 30)
    fitted = SelfAttention(**SMALL | {"epochs": 200, "patience": 3}).fit(noise)
    assert 3 < len(fitted.curve) < 100
    best = int(np.argmax(fitted.curve[:, 1]))
    assert len(fitted.curve) - 1 - best == 3


def test_a_device_that_is_not_there_is_named():
    with working_at(Workplace(device="cuda:77")), pytest.raises(BadInputError, match="'cuda:77'"):
        SelfAttention(**SMALL).fit(round_trips())


def test_without_pytorch_a_sentence_says_what_to_install(monkeypatch):
    for module in list(sys.modules):
        if module.split(".")[0] == "torch" or module.startswith("limelight.recommend.neural"):
            monkeypatch.delitem(sys.modules, module)
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(MissingExtraError, match=r"self-attention network .*neural"):
        SelfAttention(**SMALL).fit(round_trips())
