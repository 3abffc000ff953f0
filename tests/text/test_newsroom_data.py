"""Tables: what their columns mean, what in them can't be right, and what is written of them."""

import pytest

from limelight.errors import BadInputError
from limelight.text.newsroom import Assignment, Material, settled, written
from limelight.text.newsroom.data import parse_table
from limelight.text.newsroom.writing import data_chinese, data_english
from limelight.text.newsroom.writing.chinese import faults as han_faults
from limelight.text.newsroom.writing.english_grammar import article, faults, plural

BOX = """Film,Weekend gross ($),Total gross ($m),Weeks,Change
Dune,"45,234,567",310,3,-35%
Orbit,"22,100,000",22.1,1,
Hush,"9,500,000",80.2,5,12%
"""
CHART = (
    "Rank,Title,Artist,Last week,Weeks\n1,Low Tide,Ana Roe,4,6\n2,Signal,The "
    "Pines,,1\n3,Ember,Jo Kay,1,9\n"
)
MATCHES = (
    "Date,Home,Away,Score,Attendance\n2024-05-03,Rovers,City,3-1,45120\n2024-05-04,United,A"
    "lbion,1-1,\n2024-05-05,Town,Athletic,0-2,8000\n"
)
CALENDAR = (
    "Title,Release date,Studio\nOrbit,2024-05-10,Northlight\nDune,3 May 2024,Far "
    "Hill\nHush,2024-06-07,\n"
)


def texts(data: str, language: str = "en"):
    table = parse_table(data.encode(), "t.csv").numbered(1)
    module = data_chinese if language == "zh" else data_english
    return [statement.text for statement in module.statements(table)]


def test_a_box_office():
    assert texts(BOX) == [
        "Dune led the box office at the weekend with $45.2 million, ahead of Orbit on "
        "$22.1 million.",
        "Dune, now in its third week, has taken $310 million in all.",
        "Orbit opened in second place with $22.1 million.",
        "Takings for Dune were down 35% on the week before.",
        "Takings for Hush were up 12% on the week before.",
        "Hush ($9.5 million) followed.",
        "Together, the three titles took $76.8 million.",
    ]


def test_a_chart():
    assert texts(CHART)[:2] == [
        "Low Tide by Ana Roe is at number one, up from number four.",
        "Signal by The Pines is new at number two.",
    ]


def test_matches():
    assert texts(MATCHES) == [
        "Rovers beat City 3-1 on 3 May 2024, before a crowd of 45,120.",
        "Athletic won 2-0 at Town on 5 May 2024, before a crowd of 8,000.",
        "United and Albion drew 1-1 on 4 May 2024.",
    ]


def test_a_calendar():
    assert texts(CALENDAR) == [
        "Dune, from Far Hill, opens the list on 3 May 2024.",
        "Orbit on 10 May and Hush on 7 June follow.",
    ]


def test_any_other_table():
    found = texts("Country,Cinemas\nSpain,3500\nItaly,3100\n")
    assert found == ["Spain is first by cinemas, with 3,500, ahead of Italy with 3,100."]


@pytest.mark.parametrize("data", [BOX, CHART, MATCHES, CALENDAR])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_is_written_is_grammatical_and_passes_the_checks(data, language):
    for text in texts(data, language):
        assert list((han_faults if language == "zh" else faults)(text)) == []
    assignment = settled(Assignment((Material("t.csv", data.encode(), "data"),), "brief", language))
    draft = written(assignment)
    assert draft.dropped == ()
    assert draft.paragraphs


def test_chinese_amounts():
    found = texts("片名,周末票房(万元)\n飞越长河,52340\n团圆饭,980\n", "zh")
    assert found[0] == "《飞越长河》以5.23亿元居周末票房榜首，《团圆饭》以980万元随后。"


def test_ragged_rows_are_left_out_and_told_of():
    table = parse_table(b"Film,Gross ($)\nDune,45\nOrbit\nHush,9,1\nKin,3\n", "t.csv")
    assert [row.words_of("title") for row in table.rows] == ["Dune", "Kin"]
    assert [left.reason for left in table.left_out] == [
        "row 2 has 1 cells where the heading has 2",
        "row 3 has 3 cells where the heading has 2",
    ]


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        (["$45,000,000", "$22,000,000", "£9,000,000"], "is in GBP"),
        (["45,000,000", "22,000,000", "many"], "should be a number"),
        (["45,000,000", "22,000,000", "19,000,000", "44"], "its unit is in doubt"),
        (["45,000,000", "22,000,000", "-9,000,000"], "can't be below 0"),
    ],
)
def test_wrong_units_are_left_out_and_told_of(cells, reason):
    rows = "".join(f'Film {"ABCD"[n]},"{cell}"\n' for n, cell in enumerate(cells))
    table = parse_table(f"Film,Gross\n{rows}".encode(), "t.csv")
    assert reason in table.left_out[0].reason
    assert f"row {len(cells)}" in table.left_out[0].reason
    assert "gross" not in table.rows[-1].cells


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "empty"),
        (b"Film,Gross\n", "no row"),
        (b"Film,\nDune,1\n", "has no heading"),
        (b"Film,Film\nDune,1\n", "two columns"),
        (b"1,2\n3,4\n", "must name the columns"),
        (b"[{]", "can't be read as JSON"),
    ],
)
def test_what_is_no_table_is_refused(data, told):
    with pytest.raises(BadInputError, match=told):
        parse_table(data, "t.csv")


def test_json_is_read_as_csv_is():
    data = b'{"rows": [{"Film": "Dune", "Gross": "$45m"}, {"Film": "Orbit", "Gross": "$22m"}, 7]}'
    table = parse_table(data, "t.json")
    assert table.kind == "box office"
    assert [int(row.number_of("gross")) for row in table.rows] == [45_000_000, 22_000_000]
    assert table.left_out[0].reason == "row 3 is no object"


def test_grammar():
    assert [article(word) for word in ("hour", "union", "apple", "MP", "one-off", "8", "year")] == [
        "an", "a", "an", "an", "a", "an", "a",
    ]  # fmt: skip
    assert plural("title", 1) == "title"
    assert plural("title", 3) == "titles"
    assert list(faults("He saw a apple ,and and the film.")) != []
    assert list(faults("It ran for 3 week.")) == ["'3 week' counts several"]
    assert list(faults("It ran for three weeks in an old house.")) == []
    assert list(han_faults("他说,很好")) != []
    assert list(han_faults("他说，很好。")) == []


def test_a_figure_of_something_else_is_left_out_and_told_of():
    rows = 'Film,Gross\nDune,"$45,000,000"\nOrbit,"22,000,000 screens"\nHush,"$9,000,000"\n'
    table = parse_table(rows.encode(), "t.csv")
    assert [left.text for left in table.left_out] == ["22,000,000 screens"]
    assert "gross" not in table.rows[1].cells
    counted = parse_table(b"Film,Screens\nDune,3850 screens\nOrbit,2900 screens\n", "t.csv")
    assert [row.number_of("screens") for row in counted.rows] == [3850, 2900]
