"""Times and dates as people and programs write them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

import polars as pl

# The unit of a whole number since 1970 is told by its size: seconds reach to the year 5138;
# larger numbers are milliseconds (from 1973 on), then microseconds, then nanoseconds.
SECONDS_BELOW, MILLISECONDS_BELOW, MICROSECONDS_BELOW = 10**11, 10**14, 10**17

EARLIEST, LATEST = (
    int(moment.replace(tzinfo=UTC).timestamp()) * 1_000_000
    for moment in (datetime(1, 1, 1), datetime(9999, 12, 31))
)

ZONED_FORMATS = ("%Y-%m-%dT%H:%M:%S%.f%#z", "%Y-%m-%dT%H:%M%#z")
FORMATS = ("%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%dT%H:%M", "%Y-%m-%d", "%Y/%m/%d", "%m %d, %Y")
"""ISO 8601, and what Amazon's ``reviewTime`` looks like."""

DATE_FORMATS = (
    *("%Y-%m-%d", "%Y/%m/%d"),
    *("%d %b %Y", "%d-%b-%Y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y"),
)
_YEAR = re.compile(r"([1-9]\d{3})(\.0)?")


def to_microseconds(times: pl.Series) -> pl.Series:
    """Give int64 microseconds since 1970 UTC; null where a cell is empty or is no time.

    ``times`` are dates, datetimes, numbers since 1970 in s, ms, µs or ns, or text: such a number or
    ISO 8601. A datetime without a zone is UTC.
    """
    kind = times.dtype
    if isinstance(kind, pl.Date | pl.Datetime):
        found = _of_datetimes(times)
    elif kind.is_integer():
        found = _of_whole(times.cast(pl.Int64, strict=False))
    elif kind.is_numeric():
        found = _of_fractions(times.cast(pl.Float64))
    elif kind == pl.String:
        found = _of_whole(times.cast(pl.Int64, strict=False))
        if found.null_count() > times.null_count():
            left = found.is_null() & times.is_not_null()
            found = found.scatter(left.arg_true(), _of_text(times.filter(left)))
    else:
        found = pl.Series(times.name, [None] * len(times), dtype=pl.Int64)
    possible = found.is_between(EARLIEST, LATEST)
    return found if possible.all() else found.set(~possible, None)


def _of_datetimes(times: pl.Series) -> pl.Series:
    if isinstance(times.dtype, pl.Datetime) and times.dtype.time_zone:
        times = times.dt.convert_time_zone("UTC").dt.replace_time_zone(None)
    return times.cast(pl.Datetime("us")).cast(pl.Int64)


def _of_whole(numbers: pl.Series) -> pl.Series:
    n = pl.col("n")
    size = n.abs()
    microseconds = (
        pl.when(size < SECONDS_BELOW)
        .then(n * 1_000_000)
        .when(size < MILLISECONDS_BELOW)
        .then(n * 1_000)
        .when(size < MICROSECONDS_BELOW)
        .then(n)
        .otherwise(n // 1_000)
    )
    return pl.DataFrame({"n": numbers}).select(microseconds).to_series()


def _of_fractions(numbers: pl.Series) -> pl.Series:
    n = pl.col("n")
    size = n.abs()
    microseconds = (
        pl.when(size < SECONDS_BELOW)
        .then(n * 1e6)
        .when(size < MILLISECONDS_BELOW)
        .then(n * 1e3)
        .when(size < MICROSECONDS_BELOW)
        .then(n)
        .when(size < 2.0**63)
        .then(n / 1e3)
    )
    whole = microseconds.round().cast(pl.Int64, strict=False)
    return pl.DataFrame({"n": numbers}).select(whole).to_series()


def _of_text(texts: pl.Series) -> pl.Series:
    texts = texts.str.strip_chars()
    found = _of_whole(texts.cast(pl.Int64, strict=False))
    found = found.zip_with(found.is_not_null(), _of_fractions(texts.cast(pl.Float64, strict=False)))
    iso = texts.str.replace(r"^(\d{4}-\d\d-\d\d)[ t]", "${1}T").str.replace(r"\s*(UTC|GMT)$", "Z")
    for form in (*ZONED_FORMATS, *FORMATS):
        if not found.null_count():
            return found
        parsed = iso.str.to_datetime(form, time_unit="us", strict=False)
        found = found.zip_with(found.is_not_null(), _of_datetimes(parsed))
    left = found.is_null()
    others = texts.filter(left)
    distinct = others.unique()
    known = dict(zip(distinct, map(_of_other_iso, distinct), strict=True))
    rest = others.replace_strict(known, return_dtype=pl.Int64)
    return found.scatter(left.arg_true(), rest)


def _of_other_iso(text: str) -> int | None:
    """Read the rarer forms of ISO 8601: basic, week dates, a comma before the fraction."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    since = moment - datetime(1970, 1, 1, tzinfo=UTC)
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def to_dates(dates: pl.Series) -> pl.Series:
    """Give dates; null where a cell is empty or is no date.

    ``dates`` are dates, datetimes, years (1995 is its first day), numbers since 1970, or text: such
    numbers, ISO 8601, or a day with an English month's name.
    """
    if dates.dtype == pl.Date:
        return dates
    if dates.dtype.is_numeric():
        dates = dates.cast(pl.String)
    if dates.dtype != pl.String:
        return to_microseconds(dates).cast(pl.Datetime("us")).cast(pl.Date)
    distinct = dates.unique().drop_nulls()
    known = {text: _date(text.strip()) for text in distinct}
    return dates.replace_strict(known, default=None, return_dtype=pl.Date)


def _date(text: str) -> date | None:
    if year := _YEAR.fullmatch(text):
        return date(int(year[1]), 1, 1)
    if text.isdigit() and len(text) < 5:
        return None  # a year without its century is no number of seconds
    for form in DATE_FORMATS:
        try:
            return datetime.strptime(text, form).replace(tzinfo=UTC).date()
        except ValueError:
            continue
    moment = to_microseconds(pl.Series([text]))[0]
    return None if moment is None else date.fromordinal(719_163 + moment // 86_400_000_000)
