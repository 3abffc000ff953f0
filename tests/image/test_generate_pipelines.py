"""Diffusers pipelines from a folder, tried with a tiny one that is made here."""

import json
import shutil

import numpy as np
import pytest

from limelight.errors import BadInputError, CorruptError
from limelight.image.generate.maker import open_maker
from limelight.image.generate.model import Sampling

diffusers = pytest.importorskip("diffusers")
transformers = pytest.importorskip("transformers")

QUICK = Sampling(steps=2, guidance=3.0, seed=5)


def tokenizer(folder):
    """Make a tokenizer that spells: a sign a token."""
    signs = [chr(number) for number in range(33, 127)]
    words = [*signs, *(f"{sign}</w>" for sign in signs), "<|startoftext|>", "<|endoftext|>"]
    folder.mkdir()
    vocabulary = {word: number for number, word in enumerate(words)}
    (folder / "vocab.json").write_text(json.dumps(vocabulary), encoding="utf-8")
    (folder / "merges.txt").write_text("#version: 0.2\n", encoding="utf-8")
    found = transformers.CLIPTokenizer.from_pretrained(str(folder), local_files_only=True)
    found.model_max_length = 20
    return found, len(words)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A Stable Diffusion of random weights: 16 by 16 pixels, two to a latent."""
    torch = pytest.importorskip("torch")
    torch.manual_seed(0)
    place = tmp_path_factory.mktemp("pipeline")
    spelling, n_words = tokenizer(place / "words")
    text = transformers.CLIPTextConfig(
        hidden_size=8,
        intermediate_size=16,
        num_attention_heads=2,
        num_hidden_layers=1,
        max_position_embeddings=20,
        vocab_size=n_words,
        bos_token_id=n_words - 2,
        eos_token_id=n_words - 1,
    )
    pipeline = diffusers.StableDiffusionPipeline(
        unet=diffusers.UNet2DConditionModel(
            sample_size=8,
            block_out_channels=(8, 8),
            layers_per_block=1,
            norm_num_groups=4,
            cross_attention_dim=8,
            attention_head_dim=4,
            down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
            up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
        ),
        vae=diffusers.AutoencoderKL(
            block_out_channels=(4, 4),
            norm_num_groups=2,
            down_block_types=("DownEncoderBlock2D",) * 2,
            up_block_types=("UpDecoderBlock2D",) * 2,
            sample_size=16,
        ),
        text_encoder=transformers.CLIPTextModel(text),
        tokenizer=spelling,
        scheduler=diffusers.DDIMScheduler(steps_offset=1, clip_sample=False),
        safety_checker=None,
        feature_extractor=None,
    )
    pipeline.save_pretrained(place / "tiny", safe_serialization=True)
    return place / "tiny"


@pytest.fixture(scope="module")
def maker(folder):
    return open_maker(folder)


@pytest.fixture
def spoilt(folder, tmp_path):
    return shutil.copytree(folder, tmp_path / "model")


def test_text_becomes_pictures_the_same_for_a_seed(maker):
    heard = []
    made = maker.sample(["a fox", "a fox"], QUICK, lambda *told: heard.append(told))
    assert made.shape == (2, 16, 16, 3)
    assert made.dtype == np.uint8
    assert (made[0] != made[1]).any()
    assert (maker.sample(["a fox"], QUICK) == made[:1]).all()
    assert (maker.sample(["the sea"], QUICK) != made[:1]).any()
    assert [told[:2] for told in heard] == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_a_variation_is_as_large_as_its_picture(maker):
    picture = np.random.default_rng(0).integers(0, 256, (21, 35, 4), np.uint8)
    varied = maker.vary(picture, ["a fox"], 0.5, Sampling(4, guidance=3.0))
    assert varied.shape == (1, 21, 35, 3)
    with pytest.raises(BadInputError, match="strength"):
        maker.vary(picture, ["a fox"], 1.5, QUICK)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_a_hole_is_filled_and_the_rest_stays_to_the_bit(maker, dtype):
    top = np.iinfo(dtype).max
    picture = np.random.default_rng(0).integers(0, top, (21, 35, 4)).astype(dtype)
    hole = np.zeros((21, 35), bool)
    hole[5:12, 9:30] = True
    filled = maker.fill(picture, hole, "a fox", QUICK)
    assert filled.dtype == dtype
    assert (filled[~hole] == picture[~hole]).all()
    assert (filled[hole] != picture[hole]).any()
    with pytest.raises(BadInputError, match="mask has 35 x 20 pixels"):
        maker.fill(picture, hole[1:], "", QUICK)


def test_code_in_the_folder_is_refused(spoilt):
    index = spoilt / "model_index.json"
    parts = json.loads(index.read_text())
    index.write_text(json.dumps({**parts, "unet": ["mine", "Network"]}))
    with pytest.raises(BadInputError, match=r"code of its own \(mine\.Network\)"):
        open_maker(spoilt)
    index.write_text(json.dumps({**parts, "_class_name": ["pipeline", "Mine"]}))
    with pytest.raises(BadInputError, match="code of its own"):
        open_maker(spoilt)


@pytest.mark.parametrize("name", ["unet/diffusion_pytorch_model.bin", "unet/model.py", "old.CKPT"])
def test_files_that_could_run_are_refused(spoilt, name):
    (spoilt / name).write_bytes(b"cposix\nsystem\n")
    with pytest.raises(BadInputError, match="could run code"):
        open_maker(spoilt)


@pytest.mark.parametrize("text", ["", "[]", "{", '{"_class_name": "NoSuchPipeline"}'])
def test_a_damaged_list_of_parts_is_one_sentence(spoilt, text):
    (spoilt / "model_index.json").write_text(text)
    with pytest.raises((CorruptError, BadInputError), match="model"):
        open_maker(spoilt)


def test_damaged_weights_are_one_sentence(spoilt):
    (spoilt / "vae" / "diffusion_pytorch_model.safetensors").write_bytes(b"damaged")
    with pytest.raises(CorruptError, match="can't be read"):
        open_maker(spoilt)
