from dataclasses import replace

import numpy as np
import pytest
import torch
from striped import stripes

from limelight.errors import BadInputError, NotFoundError
from limelight.image.classify import training
from limelight.image.classify.batches import Batches
from limelight.image.classify.labelled import Labelled
from limelight.image.classify.muon import even
from limelight.image.classify.plain import PlainNetwork
from limelight.image.classify.plans import PLANS, Plan, plan_of
from limelight.image.classify.residual import ResidualNetwork
from limelight.image.classify.training import device_of, train


def test_what_was_learned_holds_for_pictures_never_seen(learned):
    unseen = stripes(120, 2)
    right = learned.probabilities(unseen.pictures).argmax(1) == unseen.labels
    assert right.mean() > 0.9
    assert learned.curve.shape == (5, 5)
    assert learned.curve[:, 0].tolist() == [1, 2, 3, 4, 5]
    assert learned.curve[-1, 1] < learned.curve[0, 1]
    assert learned.curve[-1, 2] > 0.9
    assert (np.diff(learned.curve[:, 3]) > 0).all()


def test_the_plain_network_is_the_one_that_everyone_writes():
    network = PlainNetwork(10, 32)
    sizes = [tuple(weight.shape) for weight in network.parameters() if weight.ndim > 1]
    assert sizes == [(32, 3, 3, 3), (64, 32, 3, 3), (64, 64 * 6 * 6), (10, 64)]
    plan = PLANS["plain"]
    assert (plan.epochs, plan.batch, plan.rate, plan.smoothing) == (10, 32, 0.001, 0)
    found = train(stripes(240, 0), replace(plan, epochs=4))
    unseen = stripes(60, 1)
    assert (found.probabilities(unseen.pictures).argmax(1) == unseen.labels).mean() > 0.5


class StoppedError(Exception):
    pass


@pytest.mark.parametrize("plan", [PLANS["plain"], PLANS["quick"]])
def test_a_killed_training_goes_on_to_the_same_weights(plan, small, tmp_path, monkeypatch):
    monkeypatch.setattr(training, "CHECKPOINT_SECONDS", 0)
    plan = replace(plan, epochs=2, batch=24, widths=small.widths)
    labelled, watched = stripes(100, 0), stripes(30, 1)
    unbroken = train(labelled, plan, watched=watched)
    for stop_at in (0.5, 1.5):

        def stop(done: float, total: float | None, message: str, at: float = stop_at) -> None:
            if done >= at:
                raise StoppedError

        with pytest.raises(StoppedError):
            train(labelled, plan, watched=watched, checkpoints=tmp_path, progress=stop)
        assert len(list(tmp_path.glob("classifier-*.safetensors"))) == 1
    resumed = train(labelled, plan, watched=watched, checkpoints=tmp_path)
    assert list(tmp_path.iterdir()) == []
    assert resumed.fingerprint == unbroken.fingerprint
    assert resumed.temperature == unbroken.temperature
    assert np.array_equal(resumed.curve[:, :3], unbroken.curve[:, :3])


def test_a_checkpoint_of_another_training_or_a_broken_one_is_not_taken(small, tmp_path):
    labelled = stripes(60, 0)
    first = training.Training(labelled, small, checkpoints=tmp_path)
    other = training.Training(stripes(60, 3), small, checkpoints=tmp_path)
    assert first.checkpoint != other.checkpoint
    first.checkpoint.write_bytes(b"broken")
    plan = replace(small, epochs=1)
    again = training.Training(labelled, plan, checkpoints=tmp_path)
    again.checkpoint.write_bytes(b"broken")
    assert again.run().fingerprint == train(labelled, plan).fingerprint


def test_fine_tuning_keeps_what_was_learned_and_tells_new_classes(learned):
    few = stripes(48, 5)
    two = few.of(np.flatnonzero(few.labels != 1))
    two = Labelled(two.pictures, two.labels // 2, ("horizontal", "vertical"))
    plan = replace(PLANS["fine-tune"], epochs=15, batch=16)
    found = train(two, plan, base=learned)
    assert found.plan.widths == learned.plan.widths
    assert torch.equal(found.network.whitening.weight, learned.network.whitening.weight)
    unseen = stripes(90, 6)
    unseen = unseen.of(np.flatnonzero(unseen.labels != 1))
    right = found.probabilities(unseen.pictures).argmax(1) == unseen.labels // 2
    assert right.mean() > 0.8


def test_only_our_network_is_fine_tuned():
    labelled = stripes(60, 0)
    plain = train(labelled, replace(PLANS["plain"], epochs=0.1))
    with pytest.raises(BadInputError, match="only a residual network can be fine-tuned"):
        train(labelled, PLANS["fine-tune"], base=plain)


def test_one_class_and_strange_sizes_are_refused(small):
    labelled = stripes(30, 0)
    with pytest.raises(BadInputError, match="one class alone"):
        train(Labelled(labelled.pictures, labelled.labels * 0, ("only",)), small)
    with pytest.raises(BadInputError, match="16 to 512 pixels a side, not 8"):
        train(Labelled(labelled.pictures[:, :8, :8], labelled.labels, labelled.classes), small)
    with pytest.raises(BadInputError, match="no device 'gpu'"):
        device_of("gpu")
    with pytest.raises(NotFoundError, match="no plan 'best'; there are plain, quick"):
        plan_of("best")


def test_few_pictures_are_seen_more_often():
    plan = Plan(epochs=8, batch=500)
    assert plan.suited(50_000) == plan
    few = plan.suited(200)
    assert (few.batch, few.epochs) == (25, 50)
    assert plan.suited(3).epochs == 400


def test_a_batch_is_the_pictures_moved_and_mirrored():
    labelled = stripes(40, 0)
    plan = Plan(batch=40, shift=2)
    batches = Batches(labelled, plan, torch.device("cpu"))
    ((pictures, labels),) = batches.epoch(0)
    ((again, _),) = batches.epoch(0)
    ((mirrored, other),) = batches.epoch(1)
    assert torch.equal(pictures, again)
    assert pictures.shape == (40, 3, 24, 24)
    assert pictures.is_contiguous(memory_format=torch.channels_last)
    assert not torch.equal(labels, other) or not torch.equal(pictures, mirrored)
    middles = torch.from_numpy(labelled.pictures[:, 8:16, 8:16].copy()).permute(0, 3, 1, 2) / 255
    turned = torch.cat([middles, middles.flip(-1)])
    for picture in pictures:
        windows = (
            picture.unfold(1, 8, 1).unfold(2, 8, 1).permute(1, 2, 0, 3, 4).reshape(-1, 3, 8, 8)
        )
        apart = (windows[:, None] - turned[None]).abs().amax((2, 3, 4))
        assert apart.min() < 1e-6


def test_every_picture_is_mirrored_in_every_other_epoch():
    labelled = stripes(16, 0)
    batches = Batches(labelled, Plan(batch=16, shift=0), torch.device("cpu"))
    sums = []
    for epoch in (0, 1, 2):
        ((pictures, _),) = batches.epoch(epoch)
        sums.append({picture.numpy().tobytes() for picture in pictures})
    assert sums[0] == sums[2]
    assert sums[0].isdisjoint(sums[1])


def test_a_square_is_hidden():
    batches = Batches(stripes(16, 0), Plan(batch=16, shift=0, cut=8), torch.device("cpu"))
    ((pictures, _),) = batches.epoch(0)
    hidden = (pictures == 0).all(1).flatten(1).sum(1)
    assert ((hidden >= 16) & (hidden <= 100)).all()


def test_whitened_patches_vary_alike_and_are_uncorrelated():
    network = ResidualNetwork(3, (16, 16, 16))
    pixels = np.random.default_rng(0).integers(0, 256, (20, 24, 24, 3))
    smooth = (pixels + np.roll(pixels, 1, 1) + np.roll(pixels, 1, 2)) / 765
    pictures = torch.from_numpy(smooth).permute(0, 3, 1, 2).float()
    network.whiten(pictures)
    found = network.whitening((pictures - network.mean) / network.spread)[:, :12]
    flat = found.permute(1, 0, 2, 3).reshape(12, -1)
    covariance = (flat @ flat.T / flat.shape[1]).detach().numpy()
    assert np.allclose(covariance, np.eye(12), atol=0.05)


def test_an_even_step_keeps_directions_and_levels_their_sizes():
    random = torch.Generator().manual_seed(0)
    matrix = torch.randn(24, 60, generator=random)
    found = even(matrix)
    sizes = torch.linalg.svdvals(found)
    assert sizes.min() > 0.4
    assert sizes.max() < 1.4
    assert torch.allclose(even(matrix.T), found.T, atol=0.02)
    u, _, v = torch.linalg.svd(matrix, full_matrices=False)
    assert torch.nn.functional.cosine_similarity(found.flatten(), (u @ v).flatten(), dim=0) > 0.95
