"""Commands made of operations: their options, their help, and that they cost start-up nothing."""

import json
import signal
import sys
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import pytest
import typer
from typer.testing import CliRunner

from limelight.cli import app, main
from limelight.cli.generated import Generated, operation_command
from limelight.cli.session import Answer, Session


@dataclass(frozen=True)
class Louder:
    """Make it louder by ``gain`` decibels, in steps of 0.5. More of it.

    A second paragraph. Raises BadInputError for a gain of more than 1.5. The end.
    """

    name: ClassVar[str] = "louder"
    gain: float = 3.0
    """Decibels, of ``power``."""
    soft: bool = True
    curve: Literal["round", "square"] = "round"
    at_most: int | None = None


def run_it(
    session: Session, described: str, settings: list[str], inputs: list[str], fast: bool = False
) -> Answer:
    return Answer({"described": described, "settings": settings, "inputs": inputs, "fast": fast})


class Some(Generated):
    @staticmethod
    def fill(app: typer.Typer) -> None:
        operation_command(app, Louder, "some", run_it)


@pytest.fixture
def some() -> typer.Typer:
    app = typer.Typer(cls=Some, rich_markup_mode=None, callback=lambda: None)
    app.command("other")(lambda: None)
    return app


def invoke(app: typer.Typer, *words: str, code: int = 0) -> str:
    result = CliRunner().invoke(app, list(words))
    assert result.exit_code == code, result.output
    return result.output


def test_settings_are_options(some: typer.Typer) -> None:
    told = json.loads(
        invoke(
            some,
            "louder",
            "a.wav",
            "b.wav",
            "--gain",
            "-2",
            "--no-soft",
            "--at-most",
            "3",
            "--json",
        )
    )
    assert told["described"] == "louder"
    assert told["settings"] == ["gain=-2", "soft=False", "at_most=3"]
    assert told["inputs"] == ["a.wav", "b.wav"]
    assert json.loads(invoke(some, "louder", "a.wav", "--json"))["settings"] == []


def test_help_is_the_docstrings(some: typer.Typer) -> None:
    page = " ".join(invoke(some, "louder", "--help").split())
    assert "by gain decibels, in steps of 0.5. More of it. A second paragraph. The end." in page
    assert "Decibels, of power. Default: 3.0." in page
    assert "--soft / --no-soft" in page
    assert "round|square" in page
    assert "limelight some louder INPUT -o OUT" in page
    assert "louder" in invoke(some, "--help")
    assert "other" in invoke(some, "--help")


@pytest.mark.parametrize("part", ["av", "cv2"])
def test_a_group_whose_part_is_not_installed_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], part: str
) -> None:
    for name in [name for name in sys.modules if name.startswith("limelight.video")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, part, None)
    monkeypatch.setattr(sys, "argv", ["limelight", "video", "info", "film.mp4"])
    handler = signal.getsignal(signal.SIGTERM)
    with pytest.raises(SystemExit, match="4"):
        main()
    signal.signal(signal.SIGTERM, handler)
    told = capsys.readouterr().err
    assert told == "error: Video needs an extra part: pip install 'limelight[video]'\n"


def made_commands() -> list[tuple[str, str, Any]]:
    groups = typer.main.get_group(app).commands
    return [
        (group, name, made)
        for group in ("audio", "video")
        if group in groups
        for name, made in groups[group].commands.items()
    ]


@pytest.mark.parametrize(("group", "name", "made"), made_commands())
def test_every_operation_helps_with_an_example(group: str, name: str, made: Any) -> None:
    page = CliRunner().invoke(app, [group, name, "--help"]).stdout
    assert f"limelight {group} {name}" in page.split("Example", 1)[1]
    assert "``" not in page
    flags = [flag for option in made.params for flag in [*option.opts, *option.secondary_opts]]
    assert len(flags) == len(set(flags))
    assert len(made.get_short_help_str(200)) > 10
