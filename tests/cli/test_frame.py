"""What every command shares: help, output, notes, errors, exit codes, interruption."""

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from warnings import warn

import polars as pl
import pytest
import typer
from typer.testing import CliRunner, Result

from limelight import errors
from limelight.cli import EXIT_CODES, app
from limelight.cli.display import plain, show, table, text
from limelight.cli.session import Answer, Session, command


def commands(group: typer.Typer = app, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for info in group.registered_commands:
        yield (*path, str(info.name))
    for inner in group.registered_groups:
        if inner.typer_instance is not None:
            named = (inner.name,) if isinstance(inner.name, str) else ()
            yield from commands(inner.typer_instance, (*path, *named))


@pytest.mark.parametrize("words", list(commands()), ids=" ".join)
def test_every_command_helps_with_an_example(
    run: Callable[..., Result], words: tuple[str, ...]
) -> None:
    page = run(*words, "--help").stdout
    assert f"limelight {' '.join(words)}" in page.split("Example", 1)[1]
    assert all(option in page for option in ("--home", "--store", "--json"))


def test_help_imports_nothing_heavy() -> None:
    heavy = [
        "numpy",
        "polars",
        "numba",
        "scipy",
        "torch",
        "sqlalchemy",
        "rich.console",
        "limelight.recommend",
    ]
    code = f"import sys, limelight.cli; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_help_names_the_exit_codes(run: Callable[..., Result]) -> None:
    page = " ".join(run("--help").stdout.split())
    assert EXIT_CODES in page
    for error in errors.LimelightError.__subclasses__():
        assert f"; {error.exit_code} " in EXIT_CODES


def test_version(run: Callable[..., Result]) -> None:
    assert run("--version").stdout.startswith("limelight ")


@pytest.mark.parametrize("words", [["nonsense"], ["datasets", "list", "--nonsense"]])
def test_wrong_usage_exits_with_2(run: Callable[..., Result], words: list[str]) -> None:
    result = run(*words, code=2)
    assert result.stdout == ""
    assert "nonsense" in result.stderr


@pytest.mark.parametrize("words", [["nonsense"], ["datasets", "list", "--nonsense"]])
def test_wrong_usage_is_a_document_too(
    start: Callable[..., subprocess.Popen[bytes]], words: list[str]
) -> None:
    process = start("--json", *words)
    out, err = process.communicate()
    error = json.loads(out)["error"]
    assert process.returncode == 2
    assert error["kind"] == "BadInputError"
    assert "nonsense" in error["message"]
    assert err.decode().splitlines() == [f"error: {error['message']}"]


def test_shared_options_go_before_or_after_the_command(run: Callable[..., Result]) -> None:
    before, after = run("--json", "datasets", "list"), run("datasets", "list", "--json")
    assert json.loads(before.stdout) == json.loads(after.stdout)


@pytest.fixture
def small() -> typer.Typer:
    """Commands that end in every way."""
    app = typer.Typer()

    @app.callback()
    def root() -> None:
        """Nothing."""

    def add(name: str, work: Callable[[Session], Answer]) -> None:
        def run(session: Session) -> Answer:
            return work(session)

        command(app, name)(run)

    def noting(session: Session) -> Answer:
        warn("half was left out", errors.LimelightWarning, stacklevel=2)
        warn("half was left out", errors.LimelightWarning, stacklevel=2)
        return Answer({"rows": 1}, "one row")

    def failing(error: BaseException) -> Callable[[Session], Answer]:
        def fail(session: Session) -> Answer:
            warn("before the end", errors.LimelightWarning, stacklevel=2)
            raise error

        return fail

    def partly(session: Session) -> Answer:
        return Answer({}, None, exit_code=2)

    add("noting", noting)
    add("partly", partly)
    add("corrupt", failing(errors.CorruptError("it is \x1b[31mbroken")))
    add("interrupted", failing(KeyboardInterrupt()))
    add("defect", failing(ZeroDivisionError("ours")))
    return app


def test_warnings_are_notes(small: typer.Typer) -> None:
    result = CliRunner().invoke(small, ["noting"])
    assert result.stdout == "one row\n"
    assert result.stderr == "note: half was left out\n" * 2
    document = json.loads(CliRunner().invoke(small, ["noting", "--json"]).stdout)
    assert document == {"rows": 1, "notes": ["half was left out"] * 2}


def test_errors_are_one_sentence_and_a_code(small: typer.Typer) -> None:
    result = CliRunner().invoke(small, ["corrupt"])
    assert result.exit_code == 5
    assert result.stdout == ""
    assert result.stderr == "note: before the end\nerror: it is \\x1b[31mbroken\n"
    result = CliRunner().invoke(small, ["corrupt", "--json"])
    assert result.exit_code == 5
    assert json.loads(result.stdout) == {
        "error": {"kind": "CorruptError", "message": "it is \x1b[31mbroken"},
        "notes": ["before the end"],
    }


def test_other_ends(small: typer.Typer) -> None:
    assert CliRunner().invoke(small, ["partly"]).exit_code == 2
    assert CliRunner().invoke(small, ["interrupted"]).exit_code == 130
    assert isinstance(CliRunner().invoke(small, ["defect"]).exception, ZeroDivisionError)


@pytest.mark.parametrize("flags", [[], ["--json"]])
def test_a_reader_who_leaves_is_no_error(
    start: Callable[..., subprocess.Popen[bytes]], flags: list[str]
) -> None:
    process = start("datasets", "list", *flags)
    assert process.stdout is not None
    process.stdout.close()
    assert process.wait() == 141
    assert process.stderr is not None
    assert process.stderr.read() == b""


def test_a_narrow_encoding_is_no_error(start: Callable[..., subprocess.Popen[bytes]]) -> None:
    process = start("datasets", "list", env={"PYTHONIOENCODING": "ascii"})
    out, err = process.communicate()
    assert (process.returncode, err) == (0, b"")
    assert b"movielens-100k" in out


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_colour_only_on_terminals(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR", "TERM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    frame = pl.DataFrame({"title": ["Alien", "[red]Dune[/red] \x1b[2J"], "n": [1, 1234567]})
    pipe, terminal = io.StringIO(), Terminal()
    show(table(frame), pipe)
    show(table(frame), terminal)
    assert "\x1b" not in pipe.getvalue()
    assert "\x1b[1m" in terminal.getvalue()
    for page in (pipe, terminal):
        assert "[red]Dune[/red] \\x1b[2J" in page.getvalue()
        assert "1,234,567" in page.getvalue()


def test_progress_only_on_terminals(monkeypatch: pytest.MonkeyPatch) -> None:
    pipe, quiet, terminal = io.StringIO(), Terminal(), Terminal()
    for stream in (pipe, terminal):
        monkeypatch.setattr(sys, "stderr", stream)
        with Session().progress() as listen:
            listen(1, 2, "counting [stars]")
            listen(2, None, "and more")
            listen(1, 2, "counting [stars]")
    monkeypatch.setattr(sys, "stderr", quiet)
    with Session().progress():
        pass
    assert pipe.getvalue() == ""
    assert "counting [stars]" in terminal.getvalue()
    assert "counting" not in quiet.getvalue()


def test_pipes_get_whole_titles() -> None:
    pipe = io.StringIO()
    show(table(pl.DataFrame({"title": ["long " * 100 + "end"]})), pipe)
    lines = pipe.getvalue().splitlines()
    assert lines[-1].endswith("end")
    assert all(line and line == line.rstrip() for line in lines)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, ""),
        (True, "True"),
        (12345, "12,345"),
        (0.12345, "0.1235"),
        ("a\nb\x07", "a b\\x07"),
        (["a", 1], "a, 1"),
        ({"epochs": 3}, "epochs=3"),
    ],
)
def test_values_in_words(value: Any, words: str) -> None:
    assert text(value) == words


def test_values_in_json() -> None:
    frame = pl.DataFrame({"x": [1.0, float("nan")], "y": [["é"], None]})
    assert plain({"frame": frame, "path": Path("a"), "row": frame["x"].to_numpy()}) == {
        "frame": [{"x": 1.0, "y": ["é"]}, {"x": None, "y": None}],
        "path": "a",
        "row": [1.0, None],
    }


def test_home_is_the_option_or_the_variable_or_the_users_folder(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert Session(tmp_path / "other").home.folder == tmp_path / "other"
    assert Session().home.folder == home
    monkeypatch.delenv("LIMELIGHT_HOME")
    assert Session().home.folder.name == "limelight"


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="needs a folder that nobody can make")
def test_a_home_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(errors.UnavailableError, match="choose another with --home"):
        _ = Session(tmp_path / "file" / "home").store_url
