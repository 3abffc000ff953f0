"""The documentation names everything that there is, runs, and points at what exists."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

import limelight
from limelight.cli import app
from limelight.errors import UnavailableError

ROOT = Path(__file__).parents[1]
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]
ANYBODYS = {"configure", "errors", "extras", "home", "memory", "origins", "progress", "training"}


def read(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def commands(group: Any, words: str = "limelight") -> Iterator[str]:
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, f"{words} {name}")
        else:
            yield f"{words} {name}"


KNOWN_COMMANDS = list(commands(typer.main.get_command(app)))


def public_names() -> Iterator[str]:
    """Read every ``__all__`` without running the module that has it."""
    for path in (ROOT / "src").rglob("*.py"):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
                yield from ast.literal_eval(node.value)


def blocks(path: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", read(path), re.DOTALL | re.MULTILINE)


def test_every_command_is_documented():
    assert "limelight models roll-back" in KNOWN_COMMANDS
    text = read("docs/commands.md")
    assert [command for command in KNOWN_COMMANDS if f"`{command}" not in text] == []


def test_no_command_is_documented_that_does_not_exist():
    pages = "\n".join(path.read_text(encoding="utf-8") for path in PAGES)
    said = re.findall(r"^ {4}(limelight .*)$|`(limelight [^`]*)`", pages, re.MULTILINE)
    assert len(said) > 20
    for line in {first or second for first, second in said}:
        plain = re.sub(r"--(home|store) \S+ ", "", line)
        assert any(re.match(rf"{command}\b", plain) for command in KNOWN_COMMANDS), line


def test_every_public_name_is_documented():
    names = set(public_names())
    assert {"Recommender", "NextItem", "write_report"} <= names
    quoted = " ".join(re.findall(r"`([^`]+)`", read("docs/library.md")))
    assert names - set(re.findall(r"\w+", quoted)) == set()


def test_links_point_at_what_exists():
    broken = []
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        for link in re.findall(r"\]\(([^)\s]+)\)", text):
            target = link.partition("#")[0]
            if not link.startswith("https://") and not (page.parent / target).exists():
                broken.append(f"{page.name}: {link}")
    assert broken == []


def test_both_readmes_show_the_same_example_and_commands():
    assert blocks("README.md", "python") == blocks("README.zh.md", "python") != []
    indented = re.compile(r"^ {4}(limelight \S.*?|make \w+|pip [^#]*?)(?:\s+#.*)?$", re.MULTILINE)
    assert indented.findall(read("README.md")) == indented.findall(read("README.zh.md")) != []


def test_the_readmes_example_runs(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (example,) = blocks("README.md", "python")
    space: dict[str, object] = {}
    try:
        exec(compile(example, "README.md", "exec"), space)
    except UnavailableError as error:
        pytest.skip(f"MovieLens-100k can't be fetched: {error}")
    printed = capsys.readouterr().out
    assert printed.count("item_id") == 3
    assert printed.count("reasons") == 2


def test_the_example_with_ones_own_data_runs(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    Path("plays.csv").write_text(
        "member,film,when\nann,f1,2026-03-01T20:15:00Z\nann,f2,2026-03-02T21:00:00Z\n"
        "ben,f1,1772652000\nben,f3,1772738400\n,f3,1772738400\n",
        encoding="utf-8",
    )
    Path("films.jsonl").write_text(
        '{"id": "f1", "title": "Alien"}\n{"id": "f3", "title": "Brazil", "year": 1985}\n',
        encoding="utf-8",
    )
    (example,) = blocks("docs/own-data.md", "python")
    exec(compile(example, "own-data.md", "exec"), {})
    printed = capsys.readouterr().out
    assert "1 × no user_id (line 6)" in printed
    assert "Brazil" in printed


def test_the_architecture_is_true():
    text = read("docs/architecture.md")
    folder = Path(limelight.__path__[0])
    rooms = {
        path.stem
        for path in folder.iterdir()
        if not path.name.startswith("_") and path.suffix in ("", ".py")
    }
    assert {room for room in rooms if f"| `{room}` |" not in text} == set()
    arrows = {}
    for room in rooms - ANYBODYS:
        meets = set()
        for path in (folder / room).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.ImportFrom):
                    _, *inner = (node.module or "").split(".")
                    if inner and node.module.startswith("limelight."):
                        meets.add(inner[0])
                    elif node.module == "limelight":
                        meets |= {alias.name for alias in node.names} & rooms
        arrows[room] = meets - ANYBODYS - {room}
    (drawn,) = blocks("docs/architecture.md", "arrows")
    told = {
        room: set(meets.split(", "))
        for room, meets in (line.split(" -> ") for line in drawn.splitlines())
    }
    assert told == {room: meets for room, meets in arrows.items() if meets}


def test_every_benchmark_has_its_place_on_the_page():
    page = read("docs/benchmarks.md")
    scripts = [
        path.name
        for path in (ROOT / "benchmarks").glob("*.py")
        if re.search(r"^ +put\(", path.read_text(encoding="utf-8"), re.MULTILINE)
    ]
    assert len(scripts) > 10
    assert {name for name in scripts if f"python benchmarks/{name}" not in page} == set()
    begun, ended = (re.findall(rf"<!-- (.+): {edge} -->", page) for edge in ("begin", "end"))
    assert begun == ended
