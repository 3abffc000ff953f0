"""Files of business rules: what they mean, and what a wrong one is told."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from limelight.errors import BadInputError, NotFoundError
from limelight.recommend.rerank import AgeLimit, Available, Boost, Bury, Cap, Pin, read_rules
from limelight.recommend.titles import Filters

TOML = """
max_age = 12
available = 2026-12-24T20:15:00Z

[[pin]]
item = "f3"
place = 1

[[boost]]
attributes = { provider = "A24", country = ["FR", "DE"] }
released_from = 1990
by = 0.2

[[bury]]
item = ["f1", 2]
category = "Horror"
by = 1

[[cap]]
of = "provider"
at_most = 2
"""


def written(folder: Path, text: str, name: str = "rules.toml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_toml_says_everything(tmp_path: Path) -> None:
    assert read_rules(written(tmp_path, TOML)) == [
        AgeLimit(12),
        Available(datetime(2026, 12, 24, 20, 15, tzinfo=UTC)),
        Pin("f3", 1),
        Boost(
            Filters(
                attributes={"provider": ("A24",), "country": ("FR", "DE")},
                released_from=date(1990, 1, 1),
            ),
            0.2,
        ),
        Bury(Filters(allow=("f1", "2"), categories=("Horror",)), 1.0),
        Cap("provider", 2),
    ]


def test_json_says_the_same(tmp_path: Path) -> None:
    rules = {
        "pin": [{"item": 3, "place": 2}],
        "available": "2026-12-24T20:15:00Z",
        "max_age": 6.5,
        "bury": [{"kind": "series", "released_to": "1999-05-31", "by": 0.5}],
    }
    assert read_rules(written(tmp_path, "\ufeff" + json.dumps(rules), "rules.JSON")) == [
        Pin("3", 2),
        Available(datetime(2026, 12, 24, 20, 15, tzinfo=UTC)),
        AgeLimit(6.5),
        Bury(Filters(kinds=("series",), released_to=date(1999, 5, 31)), 0.5),
    ]
    assert read_rules(written(tmp_path, "available = true")) == [Available()]
    assert read_rules(written(tmp_path, "available = 2026-12-24")) == [
        Available(datetime(2026, 12, 24))
    ]
    assert read_rules(written(tmp_path, "available = false")) == []
    assert read_rules(written(tmp_path, "")) == []


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[[pin]", " is no TOML: .*line 1"),
        ("cup = 3", "there is no 'cup'; there are pin, boost, bury, cap, available, max_age"),
        ("pin = 3", "pin: this must be a list of rules"),
        ("pin = [3]", "pin 1: this must be a table with item, place, not 3"),
        ('[[pin]]\nitem = "a"', "pin 1: 'place' is missing"),
        ('[[pin]]\nitem = "a"\nplace = 0', "pin 1: a place counts from 1"),
        ('[[pin]]\nitem = "a"\nplace = true', "pin 1: place must be a whole number, not True"),
        ("[[pin]]\nitem = 1.5\nplace = 1", "pin 1: item must be text, not 1.5"),
        ('[[cap]]\nof = "kind"\nat_most = 1\n[[cap]]\nof = "x"\nat_most = "two"', "cap 2: at_most"),
        ('[[cap]]\nof = "kind"\nat_most = 0', "cap 1: a cap must be 1 or more"),
        ("[[boost]]\nby = 1", "boost 1: say which titles: item, kind, category"),
        ('[[boost]]\nkind = "film"', "boost 1: 'by' is missing"),
        ('[[boost]]\nkind = "film"\nby = nan', "boost 1: a boost must be a number of 0 or more"),
        (
            '[[boost]]\ncategroy = "x"\nby = 1',
            "boost 1: there is no 'categroy'; there are by, item",
        ),
        ('[[bury]]\nattributes = "A24"\nby = 1', "bury 1: attributes must be a table"),
        ('[[bury]]\nreleased_from = "soon"\nby = 1', "bury 1: 'soon' is no date"),
        ("available = 3", "available: this must be true or a moment such as .*, not 3"),
        ('available = "soon"', "available: this must be true or a moment"),
        ("max_age = -1", "max_age: an age must be a number of 0 or more"),
        ('max_age = "12"', "max_age: this must be a number, not '12'"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(BadInputError, match=f"rules.toml.*{sentence}"):
        read_rules(written(tmp_path, text))


def test_files_that_can_not_be_read(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match=r"must end in .json or .toml"):
        read_rules(written(tmp_path, "", "rules.yaml"))
    with pytest.raises(NotFoundError, match="there is no file"):
        read_rules(tmp_path / "none.toml")
    with pytest.raises(BadInputError, match=r"rules.json is no JSON: .*line 2 column 1"):
        read_rules(written(tmp_path, "{\n", "rules.json"))
    with pytest.raises(BadInputError, match=r"rules.json is no JSON"):
        read_rules(written(tmp_path, "[" * 100_000, "rules.json"))
    with pytest.raises(BadInputError, match=r"rules.json: this must be a table"):
        read_rules(written(tmp_path, "[]", "rules.json"))
    (tmp_path / "bytes.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(BadInputError, match=r"bytes.toml is no TOML"):
        read_rules(tmp_path / "bytes.toml")
    (tmp_path / "folder.toml").mkdir()
    with pytest.raises(BadInputError, match="can't be read"):
        read_rules(tmp_path / "folder.toml")
