"""Options that several commands take: declared once, as the fields of a dataclass."""

import json
from dataclasses import KW_ONLY, dataclass
from typing import Annotated

import pytest
import typer
from typer.testing import CliRunner

from limelight.cli.session import Answer, Session, command
from limelight.errors import BadInputError

NameArgument = Annotated[str, typer.Argument(help="Whose.")]
SizeOption = Annotated[int, typer.Option(help="How large.")]
WideOption = Annotated[bool, typer.Option("--wide", help="As wide as it goes.")]


@dataclass(frozen=True)
class Shape:
    name: NameArgument
    _: KW_ONLY
    size: SizeOption = 3

    def __post_init__(self) -> None:
        if self.size < 1:
            raise BadInputError(f"--size is 1 or more, not {self.size}")


@dataclass(frozen=True)
class Box(Shape):
    wide: WideOption = False


@pytest.fixture
def shapes() -> typer.Typer:
    app = typer.Typer(rich_markup_mode=None)

    @command(app, "draw")
    def draw(session: Session, shape: Shape, times: SizeOption = 1) -> Answer:
        return Answer({"shape": vars(shape), "kind": type(shape).__name__, "times": times})

    @command(app, "pack")
    def pack(session: Session, box: Box) -> Answer:
        return Answer({"shape": vars(box), "kind": type(box).__name__})

    return app


def test_a_command_is_given_the_dataclass(shapes: typer.Typer) -> None:
    def told(*words: str) -> object:
        return json.loads(CliRunner().invoke(shapes, [*words, "--json"]).stdout)

    drawn = {"shape": {"name": "a", "size": 5}, "kind": "Shape", "times": 2, "notes": []}
    assert told("draw", "a", "--size", "5", "--times", "2") == drawn
    packed = {"shape": {"name": "b", "size": 3, "wide": True}, "kind": "Box", "notes": []}
    assert told("pack", "b", "--wide") == packed


def test_every_field_is_an_option_with_its_help(shapes: typer.Typer) -> None:
    page = CliRunner().invoke(shapes, ["pack", "--help"]).stdout
    places = [page.index(words) for words in ("Whose.", "As wide as it goes.", "How large.")]
    assert places == sorted(places)
    assert "[default: 3]" in page
    assert CliRunner().invoke(shapes, ["pack"]).exit_code == 2


def test_a_dataclass_may_refuse_what_it_is_given(shapes: typer.Typer) -> None:
    result = CliRunner().invoke(shapes, ["draw", "a", "--size", "0"])
    assert result.exit_code == 2
    assert result.stderr == "error: --size is 1 or more, not 0\n"
