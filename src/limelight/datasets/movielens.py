"""Read the MovieLens data sets (Harper and Konstan, 2015, doi:10.1145/2827872) as tables."""

from abc import abstractmethod
from io import BytesIO
from zipfile import ZipFile

import polars as pl

from limelight.catalog.vocabulary import EVENTS, ITEMS, USERS
from limelight.datasets.dataset import Tables

# Catalogues sort by "Usual Suspects, The"; people read "The Usual Suspects".
_ARTICLES = "The|An|A|Les|Le|La|L'|Las|Los|El|Il|Lo|Der|Die|Das|Det|Den|Une|Un|Una|En|De"
# Both in the order of their numbers.
_GENRES_OF_100K = (
    "unknown Action Adventure Animation Children's Comedy Crime Documentary Drama Fantasy "
    "Film-Noir Horror Musical Mystery Romance Sci-Fi Thriller War Western"
)
_OCCUPATIONS_OF_1M = (
    "other|academic/educator|artist|clerical/admin|college/grad student|customer service|"
    "doctor/health care|executive/managerial|farmer|homemaker|K-12 student|lawyer|programmer|"
    "retired|sales/marketing|scientist|self-employed|technician/engineer|tradesman/craftsman|"
    "unemployed|writer"
)


def readable(title: pl.Expr) -> pl.Expr:
    """Put articles where people read them, alternative titles included.

    "Usual Suspects, The (1995)" becomes "The Usual Suspects (1995)".
    """
    return (
        title.str.replace_all(r"\s+", " ")
        .str.strip_chars()
        .str.replace(r" \(V\)$", "")  # "for video", after the year
        .str.replace(rf"^([^(]+), ({_ARTICLES})($| \()", "$2 $1$3")
        .str.replace_all(rf"\(([^()]+), ({_ARTICLES}|I|O)\)", "($2 $1)")
        .str.replace_all(r"(^|\()L' ", "${1}L'")
    )


class MovieLens(Tables):
    """What every MovieLens file has: ratings by users, and films with a year in their title."""

    def events(self) -> pl.DataFrame:
        """Give the ratings."""
        raw = self._ratings()
        return raw.select(
            pl.col("user_id").cast(pl.String),
            pl.col("item_id").cast(pl.String),
            pl.lit("rating").alias("kind"),
            pl.col("rating").cast(pl.Float64).alias("value"),
            pl.from_epoch(pl.col("timestamp").cast(pl.Int64), "s")
            .dt.cast_time_unit("us")
            .dt.replace_time_zone("UTC")
            .alias("time"),
        ).cast(EVENTS)

    def items(self) -> pl.DataFrame:
        """Give the films; ``released`` is the first of January of the year in the title."""
        raw = self._films().with_columns(readable(pl.col("title")))
        year = pl.col("title").str.extract(r"\((\d{4})[^()]*\)$").cast(pl.Int32)
        return raw.select(
            pl.col("item_id").cast(pl.String),
            "title",
            pl.lit("film").alias("kind"),
            pl.date(year, 1, 1).alias("released"),
            pl.col("genres")
            .list.filter(~pl.element().is_in(["unknown", "(no genres listed)", ""]))
            .alias("categories"),
            pl.lit(None).alias("text"),
            pl.lit(None).alias("parent_id"),
            pl.col("attributes")
            if "attributes" in raw.columns
            else pl.lit("{}").alias("attributes"),
        ).cast(ITEMS)

    def users(self) -> pl.DataFrame:
        """Give the users with what they said of themselves."""
        raw = self._people()
        known = [name for name in raw.columns if name != "user_id"]
        attributes = pl.struct(known).struct.json_encode() if known else pl.lit("{}")
        return raw.select(pl.col("user_id").cast(pl.String), attributes.alias("attributes")).cast(
            USERS
        )

    @abstractmethod
    def _ratings(self) -> pl.DataFrame:
        """Give user_id, item_id, rating, timestamp in seconds."""

    @abstractmethod
    def _films(self) -> pl.DataFrame:
        """Give item_id, title with the year at its end, genres as a list, and maybe attributes."""

    @abstractmethod
    def _people(self) -> pl.DataFrame:
        """Give user_id and a column for each thing known."""

    def _member(self, name: str) -> bytes:
        with ZipFile(self.path) as archive:
            return archive.read(name)


class MovieLens100k(MovieLens):
    """GroupLens's ml-100k.zip: tab- and bar-separated text in Latin-1."""

    def _ratings(self) -> pl.DataFrame:
        columns = ["user_id", "item_id", "rating", "timestamp"]
        return _table(self._member("ml-100k/u.data"), "\t", columns)

    def _films(self) -> pl.DataFrame:
        genres = _GENRES_OF_100K.split()
        columns = ["item_id", "title", "released", "video_released", "imdb", *genres]
        flags = [pl.when(pl.col(genre) == "1").then(pl.lit(genre)) for genre in genres]
        return _table(self._member("ml-100k/u.item"), "|", columns).select(
            "item_id", "title", pl.concat_list(flags).list.drop_nulls().alias("genres")
        )

    def _people(self) -> pl.DataFrame:
        columns = ["user_id", "age", "gender", "occupation", "zip_code"]
        return _table(self._member("ml-100k/u.user"), "|", columns).cast({"age": pl.Int32})


class MovieLens100kInRecBole(MovieLens):
    """The same ratings in RecBole's wheel, as headed tab-separated UTF-8; title and year apart."""

    def _ratings(self) -> pl.DataFrame:
        return self._read("inter")

    def _films(self) -> pl.DataFrame:
        # One title ("... (1995) (V)") was split at its last bracket, so its year is "V"; the
        # film without a name is spelt "unkonwn" there.
        year = pl.col("release_year")
        title = pl.col("movie_title").replace("unkonwn", "unknown")
        dated = pl.when(year.str.contains(r"^\d{4}$")).then(title + " (" + year + ")")
        return self._read("item").select(
            "item_id",
            dated.otherwise(title).alias("title"),
            pl.col("class").str.split(" ").alias("genres"),
        )

    def _people(self) -> pl.DataFrame:
        return self._read("user").cast({"age": pl.Int32})

    def _read(self, kind: str) -> pl.DataFrame:
        data = self._member(f"recbole/dataset_example/ml-100k/ml-100k.{kind}")
        table = pl.read_csv(data, separator="\t", quote_char=None, infer_schema=False)
        return table.rename(lambda column: column.partition(":")[0])


class MovieLens1M(MovieLens):
    """GroupLens's ml-1m.zip: text in Latin-1 with "::" between fields."""

    def _ratings(self) -> pl.DataFrame:
        return self._read("ratings", ["user_id", "item_id", "rating", "timestamp"])

    def _films(self) -> pl.DataFrame:
        return self._read("movies", ["item_id", "title", "genres"]).with_columns(
            pl.col("genres").str.split("|")
        )

    def _people(self) -> pl.DataFrame:
        people = self._read("users", ["user_id", "gender", "age", "occupation", "zip_code"])
        numbers = {str(number): name for number, name in enumerate(_OCCUPATIONS_OF_1M.split("|"))}
        return people.with_columns(
            pl.col("age").cast(pl.Int32), pl.col("occupation").replace_strict(numbers)
        )

    def _read(self, name: str, columns: list[str]) -> pl.DataFrame:
        return _table(self._member(f"ml-1m/{name}.dat").replace(b"::", b"\t"), "\t", columns)


class MovieLensLatestSmall(MovieLens):
    """GroupLens's ml-latest-small.zip: CSV in UTF-8, with the films' numbers at IMDb and TMDB."""

    def _ratings(self) -> pl.DataFrame:
        return self._read("ratings").rename({"userId": "user_id", "movieId": "item_id"})

    def _films(self) -> pl.DataFrame:
        numbers = pl.struct(("tt" + pl.col("imdbId")).alias("imdb"), pl.col("tmdbId").alias("tmdb"))
        films = self._read("movies").join(self._read("links"), on="movieId", how="left")
        return films.select(
            pl.col("movieId").alias("item_id"),
            "title",
            pl.col("genres").str.split("|"),
            numbers.struct.json_encode().alias("attributes"),
        )

    def _people(self) -> pl.DataFrame:
        return self._ratings().select(pl.col("user_id").unique(maintain_order=True))

    def _read(self, name: str) -> pl.DataFrame:
        data = self._member(f"ml-latest-small/{name}.csv")
        return pl.read_csv(data, infer_schema=False)


def _table(data: bytes, separator: str, columns: list[str]) -> pl.DataFrame:
    return pl.read_csv(
        BytesIO(data.decode("latin-1").encode()),
        separator=separator,
        quote_char=None,
        has_header=False,
        new_columns=columns,
        infer_schema=False,
    )
