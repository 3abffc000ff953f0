"""A new title, imported with its story and its genres, reaches those who like its kind."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from typer.testing import Result

STORIES = {"Horror": "a monster hunts the crew", "Comedy": "two friends travel to a wedding"}


def test_a_new_title_is_recommended_to_those_who_like_its_kind(
    run: Callable[..., Result], answer: Callable[..., Any], tmp_path: Path
) -> None:
    genres = ["Horror", "Comedy"] * 8
    films = [
        {
            "item_id": f"f{number}",
            "title": f"{genre} {number}",
            "categories": [genre],
            "text": f"{STORIES[genre]} again",
            "cast": [f"{genre} Star"],
        }
        for number, genre in enumerate([*genres, "Horror"])
    ]
    films[-1]["title"] = "The New One"
    events = [
        {"user_id": f"u{user}", "item_id": f"f{film}", "time": 1_700_000_000 + 60 * film}
        for user in range(24)
        for film in range(user % 2, 16, 2)
        if (film + user) % 5
    ]
    for name, rows in (("items", films), ("events", events)):
        path = tmp_path / f"{name}.jsonl"
        path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
        run("import", name, path)
    trained = answer("train", "--model", "new-titles", "--set", "base=ease:regularization=5")
    assert trained["card"]["model"] == "new-titles"

    def found(user: str, n: int) -> dict[str, Any]:
        rows = answer("recommend", user, "-n", n)["recommendations"]
        [row] = [row for row in rows if row["item_id"] == "f16"]
        return row

    for_horror, for_comedy = found("u0", 3), found("u1", 16)
    assert for_horror["score"] > 2 * for_comedy["score"]
    first, *others = for_horror["reasons"]
    assert (first["kind"], first["title"].partition(" ")[0]) == ("like", "Horror")
    assert first["group"] in ("categories", "text", "cast", "title")
    assert {reason["kind"] for reason in others} == {"watched"}
    told = " ".join(run("recommend", "u0", "-n", "3").stdout.split())
    assert "new, and like" in told
    alike = answer("similar", "f16", "-n", "3")["similar"]
    assert all(row["title"].startswith("Horror") for row in alike)
    parts = answer("explain", "u0", "f16")
    assert parts["sum"] > 0
