import pytest

from limelight.errors import BadInputError, NotFoundError
from limelight.media import presets


def test_the_presets_that_come_along_can_be_read():
    assert {"podcast", "old-film", "user-upload"} <= set(presets.names())
    for name in presets.names():
        preset = presets.load(name)
        assert preset.about.endswith(".")
        assert preset.sound or preset.image
    assert presets.load("Old film").name == "old-film"


def test_a_preset_of_ones_own(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text('sound = ["hum", "loudness:target=-23"]\n', encoding="utf-8")
    preset = presets.load(str(path))
    assert preset == presets.Preset("mine", "", ("hum", "loudness:target=-23"))


def test_a_preset_is_written_as_it_is_read(tmp_path):
    path = tmp_path / "podcast.toml"
    path.write_text(presets.written(presets.load("podcast")), encoding="utf-8")
    assert presets.load(str(path)) == presets.load("podcast")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "names no operation"),
        ("sound = [", "is no TOML"),
        ('sounds = ["hum"]', "has sounds; it may have"),
        ('sound = "hum"', "is no list"),
        ("sound = [1]", "is no list"),
        ('about = 3\nsound = ["hum"]', "is no text"),
    ],
)
def test_a_bad_preset_is_told(tmp_path, text, message):
    path = tmp_path / "bad.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadInputError, match=message):
        presets.load(str(path))


def test_a_missing_preset_is_told(tmp_path):
    with pytest.raises(NotFoundError, match=r"there are .*podcast"):
        presets.load("radio")
    with pytest.raises(BadInputError, match="can't be read"):
        presets.load(str(tmp_path / "gone.toml"))
    (tmp_path / "bytes.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(BadInputError, match="UTF-8"):
        presets.load(str(tmp_path / "bytes.toml"))
