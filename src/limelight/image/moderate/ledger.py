"""What was scanned and what people decided, in one file; decisions are added, never changed.

Every decision carries the digest of the one before, so that a record that was altered is found
out. A decision is on a content (SHA-256), not on a name: a file that changes is asked again.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from limelight.errors import BadInputError, CorruptError, NotFoundError, UnavailableError

Verdict = Literal["approved", "rejected"]
Status = Literal["clear", "waiting", "approved", "rejected"]

SHORTEST = 8
BUSY_SECONDS = 30
SCHEMA = """
CREATE TABLE IF NOT EXISTS contents (
    content TEXT PRIMARY KEY, scores TEXT NOT NULL, flagged TEXT NOT NULL, scanned TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS files (
    path TEXT PRIMARY KEY, content TEXT NOT NULL REFERENCES contents(content));
CREATE TABLE IF NOT EXISTS decisions (
    number INTEGER PRIMARY KEY, content TEXT NOT NULL REFERENCES contents(content),
    verdict TEXT NOT NULL CHECK (verdict IN ('approved', 'rejected')), who TEXT NOT NULL,
    why TEXT NOT NULL, at TEXT NOT NULL, file TEXT NOT NULL, flagged TEXT NOT NULL,
    digest TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS decisions_of ON decisions (content, number);
CREATE TRIGGER IF NOT EXISTS decisions_stay BEFORE UPDATE ON decisions
    BEGIN SELECT RAISE(ABORT, 'decisions are never changed'); END;
CREATE TRIGGER IF NOT EXISTS decisions_last BEFORE DELETE ON decisions
    BEGIN SELECT RAISE(ABORT, 'decisions are never removed'); END;
"""


@dataclass(frozen=True)
class Decision:
    """What somebody decided on a content, when, why, and what was known of it then."""

    number: int
    content: str
    verdict: Verdict
    who: str
    why: str
    at: str
    file: str
    flagged: Mapping[str, float]
    digest: str


@dataclass(frozen=True)
class Waiting:
    """A content that people should look at, and the files that have it."""

    content: str
    flagged: Mapping[str, float]
    scanned: str
    files: tuple[Path, ...]


class Ledger:
    """The queue and the record. Several processes may use one file at once."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Take an open connection; ``open_ledger`` gives one."""
        self._connection = connection

    def scores(self, content: str) -> dict[str, float] | None:
        """Give the scores that a content had when it was scanned; None if it never was."""
        row = self._connection.execute(
            "SELECT scores FROM contents WHERE content = ?", (content,)
        ).fetchone()
        return None if row is None else json.loads(row[0])

    def add_scan(
        self, path: Path, content: str, scores: Mapping[str, float], flagged: Mapping[str, float]
    ) -> Status:
        """Note what a file shows; it waits for people if anything is flagged and none decided."""
        with self._writing() as connection:
            connection.execute(
                "INSERT INTO contents VALUES (?, ?, ?, ?) ON CONFLICT (content) DO UPDATE SET "
                "scores = excluded.scores, flagged = excluded.flagged, scanned = excluded.scanned",
                (content, json.dumps(scores), json.dumps(flagged), _now()),
            )
            connection.execute(
                "INSERT INTO files VALUES (?, ?) "
                "ON CONFLICT (path) DO UPDATE SET content = excluded.content",
                (_absolute(path), content),
            )
        return self.status(content)

    def status(self, content: str) -> Status:
        """Say where a content stands. Raises NotFoundError for one that was never scanned."""
        row = self._connection.execute(
            "SELECT flagged, (SELECT verdict FROM decisions WHERE content = contents.content "
            "ORDER BY number DESC LIMIT 1) FROM contents WHERE content = ?",
            (content,),
        ).fetchone()
        if row is None:
            raise NotFoundError(f"the content {content[:12]} was not scanned")
        flagged, verdict = row
        found: Status = verdict or ("waiting" if json.loads(flagged) else "clear")
        return found

    def waiting(self) -> list[Waiting]:
        """Give what waits for people, the earliest scanned first."""
        rows = self._connection.execute(
            "SELECT content, flagged, scanned FROM contents WHERE flagged != '{}' AND NOT EXISTS "
            "(SELECT 1 FROM decisions WHERE decisions.content = contents.content) "
            "AND EXISTS (SELECT 1 FROM files WHERE files.content = contents.content) "
            "ORDER BY scanned, content"
        ).fetchall()
        return [
            Waiting(content, json.loads(flagged), scanned, self._files(content))
            for content, flagged, scanned in rows
        ]

    def find(self, named: str, content_of_file: str | None = None) -> str:
        """Give the content that a file or the beginning of an id means.

        ``content_of_file`` is what the file ``named`` holds now. Raises NotFoundError for what was
        never scanned, BadInputError for a file that changed since and an id that several have.
        """
        if content_of_file is not None:
            row = self._connection.execute(
                "SELECT content FROM files WHERE path = ?", (_absolute(Path(named)),)
            ).fetchone()
            if row is not None and row[0] != content_of_file:
                raise BadInputError(f"{named} changed since it was scanned; scan it again")
            if self.scores(content_of_file) is None:
                raise NotFoundError(
                    f"{named} was not scanned; limelight image moderate scan FILE does"
                )
            return content_of_file
        known: list[str] = []
        if len(named) >= SHORTEST and all(digit in "0123456789abcdef" for digit in named.lower()):
            rows = self._connection.execute(
                "SELECT content FROM contents WHERE substr(content, 1, ?) = ? LIMIT 2",
                (len(named), named.lower()),
            )
            known = [content for (content,) in rows]
        if len(known) > 1:
            raise BadInputError(f"several pictures have an id that begins {named}; give more of it")
        if not known:
            raise NotFoundError(
                f"{named} is no file and no id of a scanned picture; "
                "limelight image moderate queue shows what waits"
            )
        return known[0]

    def decide(self, content: str, verdict: Verdict, who: str, why: str) -> Decision:
        """Add a decision to the record; of several on one content the latest counts.

        Raises BadInputError where nobody or no reason is named, NotFoundError for a content that
        was never scanned.
        """
        if not who.strip() or not why.strip():
            raise BadInputError("a decision needs who made it and why; give --who and --why")
        self.status(content)
        with self._writing() as connection:
            last = connection.execute(
                "SELECT number, digest FROM decisions ORDER BY number DESC LIMIT 1"
            ).fetchone() or (0, "")
            (flagged,) = connection.execute(
                "SELECT flagged FROM contents WHERE content = ?", (content,)
            ).fetchone()
            files = self._files(content)
            file = str(files[0]) if files else ""
            number = last[0] + 1
            told = (number, content, verdict, who.strip(), why.strip(), _now(), file, flagged)
            digest = _digest(last[1], told)
            connection.execute(
                "INSERT INTO decisions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", (*told, digest)
            )
        return _decision((*told, digest))

    def decisions(self) -> list[Decision]:
        """Read the record, the oldest first. Raises CorruptError where it was altered."""
        rows = self._connection.execute("SELECT * FROM decisions ORDER BY number").fetchall()
        before = ""
        for expected, row in enumerate(rows, 1):
            if row[0] != expected or _digest(before, row[:-1]) != row[-1]:
                raise CorruptError(
                    f"the record of moderation was altered at decision {expected}; "
                    "bring back the home's moderation.db from a backup"
                )
            before = row[-1]
        return [_decision(row) for row in rows]

    def _files(self, content: str) -> tuple[Path, ...]:
        rows = self._connection.execute(
            "SELECT path FROM files WHERE content = ? ORDER BY path", (content,)
        )
        return tuple(Path(path) for (path,) in rows)

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """Write all or nothing, while nobody else writes."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield self._connection
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")


@contextmanager
def open_ledger(path: Path) -> Iterator[Ledger]:
    """Open the ledger in the file ``path``, which is made where it is missing.

    Raises CorruptError for a file that is none, UnavailableError where it can't be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with closing(
            sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
        ) as connection:
            connection.execute("PRAGMA synchronous = FULL")
            connection.executescript(SCHEMA)
            yield Ledger(connection)
    except sqlite3.OperationalError as error:
        raise UnavailableError(f"{path} can't be used: {error}") from error
    except sqlite3.DatabaseError as error:
        raise CorruptError(f"{path} is no record of moderation: {error}") from error
    except OSError as error:
        raise UnavailableError(f"{path} can't be used: {error.strerror}") from error


def _decision(row: tuple[Any, ...]) -> Decision:
    number, content, verdict, who, why, at, file, flagged, digest = row
    return Decision(number, content, verdict, who, why, at, file, json.loads(flagged), digest)


def _digest(before: str, told: tuple[Any, ...]) -> str:
    text = json.dumps([before, *told], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _absolute(path: Path) -> str:
    return str(path.absolute())


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
