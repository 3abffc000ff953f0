"""Runs commands in this process, and as a user's shell would."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from limelight.cli import app


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of the test's own."""
    folder = tmp_path / "home"
    monkeypatch.setenv("LIMELIGHT_HOME", str(folder))
    monkeypatch.setenv("PYTHONIOENCODING", "utf-8")
    return folder


@pytest.fixture
def run() -> Callable[..., Result]:
    """Run a command in this process and expect its exit code."""

    def run(*words: object, code: int = 0, **settings: Any) -> Result:
        result = CliRunner().invoke(app, list(map(str, words)), **settings)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == code, result.output
        return result

    return run


@pytest.fixture
def answer(run: Callable[..., Result]) -> Callable[..., Any]:
    """Run a command with --json and read its one document."""

    def answer(*words: object, code: int = 0, **settings: Any) -> Any:
        return json.loads(run(*words, "--json", code=code, **settings).stdout)

    return answer


@pytest.fixture
def start() -> Callable[..., subprocess.Popen[bytes]]:
    """Start a command as a process of its own."""

    def start(*words: object, **settings: Any) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", "limelight", *map(str, words)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=os.environ | settings.pop("env", {}),
            **settings,
        )

    return start
