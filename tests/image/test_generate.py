"""Small generative models: what they learn, what they give again, what they refuse."""

import csv
import json
import shutil

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from limelight.errors import BadInputError, CorruptError, LimelightWarning, NotFoundError
from limelight.image.generate import training as trainings
from limelight.image.generate.collection import (
    Collection,
    labelled,
    over_white,
    read_collection,
    squared,
)
from limelight.image.generate.conditions import Captions, Classes
from limelight.image.generate.distance import frechet_distance
from limelight.image.generate.flow import arrived, between, followed, guided, logit_normal
from limelight.image.generate.maker import SmallMaker, open_maker
from limelight.image.generate.model import CONFIG, WEIGHTS, Generator, Sampling, sampling_of
from limelight.image.generate.network import Shape, UNet, shape_of
from limelight.image.generate.sheet import sheet_of
from limelight.image.generate.training import Plan, Training

SIZE = 8
SHAPE = Shape(SIZE, fold=1, width=16, levels=2)
QUICK = Sampling(steps=6, guidance=1.0)


def squares(n: int = 60) -> Collection:
    """Red pictures and blue ones, light or dark."""
    random = np.random.default_rng(0)
    pictures = np.zeros((n, SIZE, SIZE, 3), np.uint8)
    for number, picture in enumerate(pictures):
        picture[..., 0 if number % 2 else 2] = random.integers(150, 250)
    return labelled(pictures, ["red" if number % 2 else "blue" for number in range(n)], SIZE)


@pytest.fixture(scope="module", autouse=True)
def small_sheets():
    """Let training spend little on the pictures that it shows on the way."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(trainings, "SHOWN", 2)
        patch.setattr(trainings, "SHEETS", 2)
        yield


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    folder = tmp_path_factory.mktemp("generate") / "model"
    plan = Plan(steps=120, batch=16, learning_rate=4e-3, flips=False)
    return folder, Training(squares(), SHAPE, plan, folder).run()


def redness(pictures):
    return (pictures[..., 0].astype(float) - pictures[..., 2]).mean((1, 2))


def test_a_class_looks_as_it_was_learned(trained):
    _, model = trained
    made = model.sample(["red", "blue"] * 4, Sampling(steps=8))
    assert made.shape == (8, SIZE, SIZE, 3)
    assert made.dtype == np.uint8
    assert (redness(made)[::2] > 100).all()
    assert (redness(made)[1::2] < -100).all()


def test_a_seed_gives_the_same_picture_again_and_another_another(trained):
    folder, model = trained
    first = model.sample(["red"], QUICK)
    again = Generator.load(folder).sample(["red"], QUICK)
    other = model.sample(["red"], Sampling(6, guidance=1.0, seed=1))
    both = model.sample(["red", "red"], QUICK)
    assert (first == again).all()
    assert (first != other).any()
    assert abs(both[1].astype(int) - other[0]).max() <= 2  # bfloat16 rounds batches otherwise


def test_a_training_leaves_sheets_curves_and_no_checkpoint(trained):
    folder, model = trained
    assert len(list((folder / "samples").glob("step-*.png"))) == 2
    rows = list(csv.DictReader((folder / "curve.csv").read_text().splitlines()))
    assert float(rows[-1]["loss"]) < 0.5 * float(rows[0]["loss"])
    assert float(rows[-1]["unseen_loss"]) > 0
    assert (folder / "curve.svg").read_text().startswith("<svg")
    assert not (folder / "checkpoint.safetensors").exists()
    card = json.loads((folder / CONFIG).read_text())
    assert card["steps"] == 120
    assert card["classes"] == ["blue", "red"]
    assert model.card["settings"]["data"] == squares().fingerprint()


@pytest.mark.parametrize("killed_after", [1, 7])
def test_a_killed_training_ends_bit_for_bit_the_same(tmp_path, monkeypatch, killed_after):
    plan = Plan(steps=12, batch=8)
    whole = Training(squares(), SHAPE, plan, tmp_path / "whole").run()
    monkeypatch.setattr(trainings, "CHECKPOINT_SECONDS", 0.0)

    def kill(done, total, message):
        if done == killed_after:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Training(squares(), SHAPE, plan, tmp_path / "killed").run(kill)
    resumed = Training(squares(), SHAPE, plan, tmp_path / "killed")
    assert resumed.state.step == killed_after
    model = resumed.run()
    for name, weights in model.network.state_dict().items():
        assert torch.equal(weights, whole.network.state_dict()[name]), name


def test_a_finished_training_is_not_done_again(trained):
    folder, model = trained
    heard = []
    plan = Plan(steps=120, batch=16, learning_rate=4e-3, flips=False)
    again = Training(squares(), SHAPE, plan, folder).run(lambda *told: heard.append(told))
    assert [told[0] for told in heard] == [120]
    assert (again.sample(["red"], QUICK) == model.sample(["red"], QUICK)).all()


def test_another_training_s_folder_is_refused(trained):
    folder, _ = trained
    with pytest.raises(BadInputError, match=r"other steps.*name another folder"):
        Training(squares(), SHAPE, Plan(steps=300), folder)


def test_captions_teach_words(tmp_path):
    collection = squares()
    words = {"red": "A warm RED wall", "blue": "the cold blue sea"}
    told = tuple(words[name] for name in collection.asked)
    collection = Collection(collection.pictures, told, Captions())
    plan = Plan(steps=60, batch=16, learning_rate=6e-3, flips=False)
    Training(collection, SHAPE, plan, tmp_path / "words").run()
    model = Generator.load(tmp_path / "words")
    made = model.sample(["a warm red wall", "the cold blue sea", ""], Sampling(steps=8))
    found = redness(made)
    assert found[0] > 80
    assert found[1] < -80


def test_a_variation_is_the_more_like_the_less_noise_there_was(trained):
    _, model = trained
    picture = squares().pictures[1]
    near = model.vary(picture, ["red"], 0.1, QUICK)[0]
    far = model.vary(picture, ["red"], 0.9, QUICK)[0]
    distances = [np.abs(one.astype(int) - picture).mean() for one in (near, far)]
    assert distances[0] < 12
    assert distances[0] < distances[1]
    with pytest.raises(BadInputError, match="strength"):
        model.vary(picture, ["red"], 0.0)


def test_the_ends_of_a_way_are_the_pictures_themselves(trained):
    _, model = trained
    blue, red = squares().pictures[:2]
    way = model.interpolate(blue, red, 5, ("", ""), Sampling(steps=24, guidance=1.0))
    assert np.abs(way[0].astype(int) - blue).mean() < 16
    assert np.abs(way[-1].astype(int) - red).mean() < 16
    seeds = model.interpolate(3, 4, 2, ("red", "red"), QUICK)
    alone = model.sample(["red", "red"], Sampling(6, guidance=1.0, seed=3))
    assert (seeds == alone).all()


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("channels", [3, 4])
def test_known_pixels_stay_to_the_bit(trained, dtype, channels):
    _, model = trained
    random = np.random.default_rng(1)
    picture = random.integers(0, np.iinfo(dtype).max, (30, 47, channels)).astype(dtype)
    hole = np.zeros((30, 47), bool)
    hole[4:20, 25:40] = True
    before = picture.copy()
    filled = SmallMaker(model).fill(picture, hole, "red", QUICK)
    assert filled.dtype == dtype
    assert (filled[~hole] == picture[~hole]).all()
    assert (filled[hole] != picture[hole]).any()
    assert (picture == before).all()


def test_a_hole_is_filled_with_what_was_asked_for(trained):
    _, model = trained
    picture = squares().pictures[1].copy()
    hole = np.zeros((SIZE, SIZE), bool)
    hole[2:6, 2:6] = True
    picture[hole] = 0
    filled = SmallMaker(model).fill(picture, hole, "red", Sampling(steps=20))
    assert filled[hole][:, 0].mean() > 120
    assert filled[hole][:, 2].mean() < 60


def test_a_hole_wider_than_the_short_side_is_filled(trained):
    _, model = trained
    picture = np.full((20, 60, 3), 200, np.uint8)
    hole = np.zeros((20, 60), bool)
    hole[5:15, 5:55] = True
    filled = SmallMaker(model).fill(picture, hole, "", QUICK)
    assert (filled[~hole] == 200).all()


def test_masks_that_fill_nothing_sensible_are_refused(trained):
    _, model = trained
    picture, maker = np.zeros((10, 12, 3), np.uint8), SmallMaker(model)
    with pytest.raises(BadInputError, match=r"mask has 9 x 10 pixels and the picture 12 x 10"):
        maker.fill(picture, np.ones((10, 9), bool), "", QUICK)
    with pytest.raises(BadInputError, match="marks nothing"):
        maker.fill(picture, np.zeros((10, 12), bool), "", QUICK)
    with pytest.raises(BadInputError, match="the whole picture"):
        maker.fill(picture, np.ones((10, 12), bool), "", QUICK)


def test_an_unknown_class_is_named_with_those_there_are(trained):
    _, model = trained
    with pytest.raises(NotFoundError, match=r"no class 'green'; there are: blue, red"):
        model.sample(["green"])


@pytest.mark.parametrize(
    "spoil",
    [
        lambda folder: (folder / WEIGHTS).write_bytes(b"no weights"),
        lambda folder: (folder / WEIGHTS).unlink(),
        lambda folder: (folder / CONFIG).write_text("{"),
        lambda folder: (folder / CONFIG).write_text("[]"),
        lambda folder: (folder / CONFIG).write_text('{"shape": {"depth": 3}}'),
    ],
)
def test_a_damaged_model_is_one_sentence(trained, tmp_path, spoil):
    folder = shutil.copytree(trained[0], tmp_path / "model")
    spoil(folder)
    with pytest.raises(CorruptError, match=r"can't be read|no card"):
        open_maker(folder)


def test_a_folder_without_a_model_is_named(tmp_path):
    with pytest.raises(NotFoundError, match="neither"):
        open_maker(tmp_path)
    with pytest.raises(NotFoundError, match="has no model"):
        Generator.load(tmp_path)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ((0, "heun", 1.0, 0), "steps"),
        ((5, "runge", 1.0, 0), "heun, midpoint, euler"),
        ((5, "heun", -1.0, 0), "guidance"),
        ((5, "heun", float("nan"), 0), "guidance"),
        ((5, "heun", 1.0, -1), "seed"),
    ],
)
def test_samplings_that_lead_nowhere_are_refused(given, said):
    with pytest.raises(BadInputError, match=said):
        sampling_of(*given)


@pytest.mark.parametrize("size", [8, 16, 24, 32, 64, 128])
def test_a_network_takes_its_size_and_begins_at_nothing(size):
    shape = shape_of(size, 16)
    network = UNet(shape)
    noisy = torch.randn(2, 3, size, size)
    found = network(noisy, torch.rand(2), torch.zeros(2, 1, dtype=torch.long))
    assert found.shape == noisy.shape
    assert not found.any()


@pytest.mark.parametrize(("size", "width"), [(9, 48), (4, 48), (5000, 48), (32, 40), (32, 0)])
def test_sizes_that_no_network_takes_are_refused(size, width):
    with pytest.raises(BadInputError):
        shape_of(size, width)


@pytest.mark.parametrize("solver", ["euler", "midpoint", "heun"])
def test_straight_ways_are_arrived_at_exactly(solver):
    begin, end = torch.randn(2, 3, 3, 4, 4)
    for first, steps in (0.0, 7), (0.0, 1), (0.5, 2), (0.95, 4):
        asked = []

        def velocity(x, time, asked=asked):
            asked.append(time)
            return end - begin

        found = arrived(velocity, torch.lerp(begin, end, first), first, steps, solver)
        torch.testing.assert_close(found, end)
        assert max(asked) <= max(first, 0.9) + 1e-6


@pytest.mark.parametrize("solver", ["euler", "midpoint", "heun"])
def test_straight_ways_are_followed_exactly(solver):
    begin, end = torch.randn(3), torch.randn(3)
    found = followed(lambda x, time: end - begin, begin, 0.0, 1.0, 7, solver)
    torch.testing.assert_close(found, end)
    back = followed(lambda x, time: end - begin, found, 1.0, 0.0, 7, solver)
    torch.testing.assert_close(back, begin)


def test_solvers_are_of_their_order():
    """Of x' = x, half the step leaves a half, and of the second order a quarter, of the error."""
    exact = torch.tensor([np.e], dtype=torch.float64)
    one = torch.ones(1, dtype=torch.float64)
    for solver, order in ("euler", 1), ("midpoint", 2), ("heun", 2):
        errors = [
            float((exact - followed(lambda x, time: x, one, 0.0, 1.0, steps, solver)).abs())
            for steps in (64, 128)
        ]
        assert np.log2(errors[0] / errors[1]) == pytest.approx(order, abs=0.05)


def test_guidance_one_asks_and_zero_does_not():
    class Told(torch.nn.Module):
        def forward(self, x, times, conditions):
            return torch.ones_like(x) * conditions[:, :1, None, None]

    x = torch.zeros(2, 3, 4, 4)
    conditions = torch.tensor([[5], [5]])
    for guidance, wanted in (0, 0.0), (1, 5.0), (2, 10.0), (1.5, 7.5):
        assert (guided(Told(), conditions, guidance)(x, 0.5) == wanted).all()


@settings(deadline=None, max_examples=30)
@given(share=st.floats(0, 1), seed=st.integers(0, 1000))
def test_between_two_noises_there_is_noise(share, seed):
    random = torch.Generator().manual_seed(seed)
    first, second = (torch.randn(3, 16, 16, generator=random) for _ in range(2))
    assert float(between(first, second, share).std()) == pytest.approx(1, abs=0.15)
    torch.testing.assert_close(between(first, second, 0.0), first)
    torch.testing.assert_close(between(first, first, share), first)


def test_times_are_oftenest_in_the_middle():
    times = logit_normal(20_000, torch.Generator().manual_seed(0))
    assert 0 < float(times.min()) < float(times.max()) < 1
    middle = ((times > 0.25) & (times < 0.75)).float().mean()
    assert float(middle) == pytest.approx(0.728, abs=0.01)  # P(|N(0, 1)| < log 3)


def test_words_are_read_whatever_their_case_and_in_chinese_sign_by_sign():
    captions = Captions()
    first, second, empty = captions.rows(["A red-hot Fox", "a RED hot fox!", ""])
    assert (first == second).all()
    assert empty.tolist()[:2] == [0, -1]
    assert (captions.rows(["红色的海"])[0] > 0).sum() == 4
    assert captions.rows(["word " * 500]).shape[1] == 32


def test_classes_are_rows():
    assert Classes(("a", "b")).rows(["b", "", "a"]).tolist() == [[2], [0], [1]]


def test_equal_pictures_are_at_no_distance_and_shifted_ones_at_their_shift():
    random = np.random.default_rng(0)
    features = random.standard_normal((500, 6))
    assert frechet_distance(features, features) == pytest.approx(0, abs=1e-6)
    assert frechet_distance(features, features + 2) == pytest.approx(6 * 4)
    wider = frechet_distance(features, 3 * (features - features.mean(0)) + features.mean(0))
    assert wider == pytest.approx(4 * np.trace(np.cov(features.T)))  # (3 - 1)^2 of the variance
    with pytest.raises(BadInputError, match="2 pictures"):
        frechet_distance(features[:1], features)


def test_a_sheet_has_room_for_all():
    pictures = np.zeros((7, 16, 16, 3), np.uint8)
    assert sheet_of(pictures, 3).shape == (3 * 66 + 2, 3 * 66 + 2, 3)


def save(path, array, **settings):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(array).save(path, **settings)


def test_pictures_of_all_kinds_become_squares(tmp_path):
    random = np.random.default_rng(0)
    for number in range(8):
        height, width = 9 + 5 * number, 60 - 6 * number
        save(
            tmp_path / "wide" / f"{number}.png",
            random.integers(0, 256, (height, width, 3), np.uint8),
        )
        save(tmp_path / "grey" / f"{number}.jpg", random.integers(0, 256, (20, 20), np.uint8))
        save(tmp_path / "clear" / f"{number}.png", random.integers(0, 256, (20, 30, 4), np.uint8))
    Image.new("CMYK", (20, 20), (0, 255, 255, 0)).save(tmp_path / "grey" / "ink.jpg")
    Image.new("P", (20, 20)).save(tmp_path / "wide" / "palette.gif")
    with pytest.warns(LimelightWarning, match="CMYK"):
        collection = read_collection(tmp_path, 16)
    assert collection.pictures.shape == (26, 16, 16, 3)
    assert collection.conditions == Classes(("clear", "grey", "wide"))


def test_bad_files_are_named_and_left_out(tmp_path):
    for number in range(20):
        save(tmp_path / f"{number}.png", np.zeros((9, 9, 3), np.uint8))
    save(tmp_path / "broken.png", np.random.default_rng(0).integers(0, 256, (40, 40, 3), np.uint8))
    whole = (tmp_path / "broken.png").read_bytes()
    (tmp_path / "broken.png").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "text.jpg").write_text("no picture")
    with pytest.warns(LimelightWarning, match=r"2 of 22 files are left out.*broken\.png"):
        collection = read_collection(tmp_path, 8)
    assert len(collection.pictures) == 20
    assert collection.conditions == Classes(())


def test_too_few_pictures_and_no_folder_are_refused(tmp_path):
    for number in range(3):
        save(tmp_path / "few" / f"{number}.png", np.zeros((9, 9, 3), np.uint8))
    with pytest.raises(BadInputError, match=r"has 3 pictures .* needs 16"):
        read_collection(tmp_path / "few", 8)
    with pytest.raises(BadInputError, match="no folder"):
        read_collection(tmp_path / "none", 8)


def test_captions_come_from_text_files_or_from_a_list(tmp_path):
    for number in range(16):
        save(tmp_path / "a" / f"{number}.png", np.zeros((9, 9, 3), np.uint8))
        (tmp_path / "a" / f"{number}.txt").write_text(f"picture {number}\n", encoding="utf-8")
    collection = read_collection(tmp_path, 8)
    assert collection.conditions == Captions()
    assert sorted(collection.asked)[0] == "picture 0"
    (tmp_path / "captions.csv").write_text("file,caption\na/3.png,three\n", encoding="utf-8")
    with pytest.warns(LimelightWarning, match="15 of 16 pictures have no caption"):
        collection = read_collection(tmp_path, 8)
    assert sorted(collection.asked) == [""] * 15 + ["three"]
    (tmp_path / "captions.csv").write_text("name,caption\na/3.png,three\n", encoding="utf-8")
    with pytest.raises(BadInputError, match="no column file"):
        read_collection(tmp_path, 8)


def test_a_picture_is_cut_in_its_middle_and_laid_over_white():
    picture = np.zeros((4, 12, 4), np.uint16)
    picture[:, 4:8] = [65535, 0, 0, 65535]
    assert (squared(picture, 4) == [255, 0, 0]).all()
    assert (over_white(picture)[:, :4] == 255).all()
