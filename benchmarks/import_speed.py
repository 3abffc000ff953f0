"""How long ten million events take: CSV into a store, and Parquet into Interactions.

Makes a seeded file of events in a temporary folder (long-tailed users and titles, three kinds,
ratings, times in seconds), then does each job in a process of its own and prints its seconds and
its peak memory.

    python benchmarks/import_speed.py [--events N] [--store URL] [--write]
"""

import argparse
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import polars as pl
from documents import machine, put, table

SEED = 7
N_USERS, N_ITEMS = 200_000, 50_000

JOBS = {
    "CSV into the store": """
from limelight.catalog import import_files, open_store
with open_store({store!r}) as store:
    report = import_files(store, "events", {csv!r})
assert report.read == {n_events} and not report.rejected
""",
    "the same CSV again": """
from limelight.catalog import import_files, open_store
with open_store({store!r}) as store:
    report = import_files(store, "events", {csv!r})
assert report.unchanged == {n_events}
""",
    "the store's events as a table": """
from limelight.catalog import open_store
with open_store({store!r}) as store:
    assert store.events().height > 0.99 * {n_events}
""",
    "Parquet into Interactions": """
from limelight.catalog import read_events
from limelight.recommend.interactions import Interactions
interactions = Interactions.from_frame(read_events({parquet!r}))
assert len(interactions.histories.items) == {n_events}
""",
}

REPORT_PEAK = """
import resource, sys
unit = 1 if sys.platform == "darwin" else 1024
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit)
"""


def make_events(n_events: int) -> pl.DataFrame:
    random = np.random.default_rng(SEED)
    return pl.DataFrame(
        {
            "user_id": (random.pareto(1.2, n_events) * 2_000).astype(np.int64) % N_USERS + 1,
            "item_id": (random.pareto(1.0, n_events) * 300).astype(np.int64) % N_ITEMS + 1,
            "kind": random.choice(np.array(["rating", "play", "view"]), n_events),
            "rating": random.integers(1, 11, n_events) / 2,
            "timestamp": random.integers(1_400_000_000, 1_700_000_000, n_events),
        }
    )


def measure(job: str) -> dict[str, float]:
    """Run a job in a new interpreter; its start and its imports count."""
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", job + REPORT_PEAK], check=True, capture_output=True, text=True
    )
    seconds = time.perf_counter() - started
    return {"seconds": round(seconds, 1), "peak GB": round(int(done.stdout) / 1e9, 2)}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--events", type=int, default=10_000_000)
    parser.add_argument("--store", help="a store's URL; an SQLite file in the folder by default")
    parser.add_argument(
        "--write", action="store_true", help="put the table into docs/benchmarks.md"
    )
    arguments = parser.parse_args()
    with TemporaryDirectory() as folder:
        files = {
            "csv": str(Path(folder) / "events.csv"),
            "parquet": str(Path(folder) / "events.parquet"),
            "store": arguments.store or f"sqlite:///{Path(folder) / 'store.db'}",
        }
        events = make_events(arguments.events)
        events.write_csv(files["csv"])
        events.write_parquet(files["parquet"])
        del events
        rows = [
            {"job": name, **measure(job.format(**files, n_events=arguments.events))}
            for name, job in JOBS.items()
        ]
        megabytes = Path(files["csv"]).stat().st_size / 1e6
    what = f"{arguments.events:,} events, {megabytes:,.0f} MB of CSV"
    where = machine("polars", "pyarrow", "sqlalchemy")
    text = f"{what}; {where}.\n\n{table(rows)}"
    print(text)
    if arguments.write:
        put("import speed", text)


if __name__ == "__main__":
    main()
