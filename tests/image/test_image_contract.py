"""What every operation on pictures promises, held against each of them."""

import dataclasses

import numpy as np
import pytest
from skimage import data

from limelight.errors import BadInputError, UnavailableError
from limelight.image.operation import Operation
from limelight.image.operations import OPERATIONS
from limelight.image.picture import picture_of, values_of
from limelight.image.tiles import in_tiles

CHANNELS = (3, 4)
DTYPES = (np.uint8, np.uint16)
THIN = ((1, 1), (1, 40), (40, 1), (2, 3), (7, 65))


def a_photograph(height, width, channels=3, dtype=np.uint8):
    whole = data.astronaut()
    found = np.ascontiguousarray(whole[:height, 100 : 100 + width])
    assert found.shape == (height, width, 3)
    if channels == 4:
        rows, columns = np.mgrid[:height, :width]
        alpha = ((rows * 5 + columns * 3) % 256).astype(np.uint8)
        found = np.dstack([found, alpha])
    return picture_of(values_of(found), np.dtype(dtype))


EXAMPLES = {"inpaint": {"rectangle": "0 0 1 1"}}
"""Settings of those that do nothing without."""


@pytest.fixture(params=OPERATIONS)
def operation(request):
    kind, settings = OPERATIONS[request.param], EXAMPLES.get(request.param, {})
    try:
        done(kind(**settings), a_photograph(8, 8))
    except UnavailableError as error:
        pytest.skip(str(error))
    return kind(**settings)


def settled_for(operation: Operation, picture):
    return operation.surveyed(picture) if operation.needs_survey else operation


def done(operation: Operation, picture):
    return settled_for(operation, picture)(picture)


def test_it_is_a_frozen_dataclass_of_its_name(operation):
    assert dataclasses.is_dataclass(operation)
    assert OPERATIONS[operation.name] is type(operation)
    first = dataclasses.fields(operation)
    if first:
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(operation, first[0].name, None)


@pytest.mark.parametrize("channels", CHANNELS)
@pytest.mark.parametrize("dtype", DTYPES)
def test_kind_and_size_are_as_promised_and_the_input_is_untouched(operation, channels, dtype):
    picture = a_photograph(72, 96, channels, dtype)
    before = picture.copy()
    settled = settled_for(operation, picture)
    found = settled(picture)
    assert np.array_equal(picture, before)
    assert found.dtype == dtype
    assert found.shape[:2] == (72 * settled.factor, 96 * settled.factor)
    assert found.shape[2] in {channels, 4}
    assert not np.shares_memory(found, picture) or np.array_equal(found, picture)


@pytest.mark.parametrize("shape", THIN)
def test_the_smallest_and_the_thinnest_are_pictures_too(operation, shape):
    for channels in CHANNELS:
        picture = a_photograph(*shape, channels)
        settled = settled_for(operation, picture)
        try:
            found = in_tiles(settled, picture)
        except BadInputError:  # of one pixel, a mask leaves nothing
            assert (operation.name, shape) == ("inpaint", (1, 1))
            continue
        assert found.shape[:2] == (shape[0] * settled.factor, shape[1] * settled.factor)


def test_sixteen_bits_say_the_same_as_eight(operation):
    shallow = a_photograph(64, 64)
    deep = a_photograph(64, 64, dtype=np.uint16)
    few, many = values_of(done(operation, shallow)), values_of(done(operation, deep))
    assert np.abs(few - many).mean() < 0.01


def test_tiles_show_no_seams(operation):
    picture = a_photograph(160, 224, 4)
    settled = settled_for(operation, picture)
    whole = values_of(settled(picture))
    tiled = values_of(in_tiles(settled, picture, side=64))
    assert np.abs(whole - tiled).max() < 3 / 255


def test_flat_pictures_stay_flat(operation):
    for level in 0, 90, 255:
        picture = np.full((48, 48, 3), level, np.uint8)
        found = values_of(done(operation, picture))
        assert np.isfinite(found).all()
        assert found[..., :3].std(axis=(0, 1)).max() < 0.02
