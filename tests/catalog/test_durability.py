"""What was acknowledged stays, what was not leaves no trace: killed, and side by side."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from limelight.catalog import Store, import_files, open_store

IMPORT = """
import sys, time
from limelight.catalog import import_files, open_store

url, stop_at, *files = sys.argv[1:]

def tell_and_wait(done, total, message):
    if stop_at == "wait" and message.startswith("waiting"):
        print("waiting", flush=True)
    if files[-1] in message and stop_at == "reading" and done and done < total:
        print("reached", flush=True)
        time.sleep(600)
    if message == "writing events" and stop_at == "writing" and total > 1000 and done:
        print("reached", flush=True)
        time.sleep(600)

with open_store(url) as store:
    report = import_files(store, "events", files, progress=tell_and_wait)
    print("imported", report.added, flush=True)
"""


def start(url: str, stop_at: str, *files: Path) -> "subprocess.Popen[str]":
    small_steps = (
        "from limelight.catalog import event_writing\n"
        "from limelight.catalog.formats import lines\n"
        "event_writing.ROWS_A_BATCH = 100\n"
        "lines.BLOCK_BYTES = 4096\n"
    )
    return subprocess.Popen(
        [sys.executable, "-c", small_steps + IMPORT, url, stop_at, *map(str, files)],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONIOENCODING": "utf-8"},
    )


def said(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    """A file of 100 events and one of 5,000, which share users and titles."""
    small, large = tmp_path / "small.csv", tmp_path / "large.csv"
    for path, first, n in ((small, 0, 100), (large, 100, 5_000)):
        rows = (f"u{k % 37},i{k % 41},play,{k}" for k in range(first, first + n))
        path.write_text("user,item,kind,time\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return small, large


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system has no SIGKILL")
@pytest.mark.parametrize("stop_at", ["reading", "writing"])
def test_a_process_killed_in_mid_import_leaves_whole_files_only(
    store_url: str, files: tuple[Path, Path], stop_at: str
):
    process = start(store_url, stop_at, *files)
    assert said(process) == "reached"
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    assert process.stdout is not None
    process.stdout.close()
    with open_store(store_url) as store:
        assert store.counts() == {"users": 37, "items": 41, "events": 100}
        assert import_files(store, "events", files[0]).unchanged == 100
        report = import_files(store, "events", files)
        assert (report.added, report.unchanged) == (5_000, 100)
        assert store.events()["time"].dt.timestamp("ms").to_list() == [
            1_000 * k for k in range(5_100)
        ]


def test_a_second_writer_waits_and_nothing_is_lost(store_url: str, files: tuple[Path, Path]):
    with open_store(store_url) as store:
        with store.writing():
            process = start(store_url, "wait", *files)
            assert said(process) == "waiting"
        output, _ = process.communicate(timeout=60)
        assert output.splitlines()[-1] == "imported 5100"
        assert store.counts()["events"] == 5_100


def test_a_wait_can_be_given_up(store: Store, store_url: str, files: tuple[Path, Path]):
    def give_up(done: float, total: float | None, message: str) -> None:
        if message.startswith("waiting for another process to finish writing to"):
            raise KeyboardInterrupt

    with open_store(store_url) as other:
        with store.writing(), pytest.raises(KeyboardInterrupt):
            import_files(other, "events", files, progress=give_up)
        assert import_files(other, "events", files).added == 5_100


def test_two_processes_make_and_fill_a_new_store_at_once(store_url: str, files: tuple[Path, Path]):
    processes = [start(store_url, "never", file) for file in files]
    outputs = [process.communicate(timeout=120)[0].strip() for process in processes]
    assert outputs == ["imported 100", "imported 5000"]
    with open_store(store_url) as store:
        assert store.counts() == {"users": 37, "items": 41, "events": 5_100}


def test_readers_see_a_whole_state_while_another_writes(
    store: Store, store_url: str, files: tuple[Path, Path]
):
    import_files(store, "events", files[0])
    before = store.events()

    def look(done: float, total: float | None, message: str) -> None:
        if message == "writing events":
            with open_store(store_url) as reader:
                assert reader.events().equals(before)

    import_files(store, "events", files[1], progress=look)
    assert store.counts()["events"] == 5_100
