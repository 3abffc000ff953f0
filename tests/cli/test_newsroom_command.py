"""The newsroom as an editor uses it."""

import json

import pytest

REPORT = """Source: The Herald

Guitar sold at London auction

A guitar belonging to Jimi Hendrix was sold for £100,000 in London on Tuesday. The auction drew
320 bidders from around the world.

"It is the finest sale we have ever held," said auctioneer Jane Moss.
"""
BOX = "Film,Weekend gross ($)\nDune,45234567\nOrbit,22100000\nHush,9500000\n"


@pytest.fixture
def report(tmp_path):
    path = tmp_path / "herald.txt"
    path.write_text(REPORT, encoding="utf-8")
    return path


def test_a_draft_is_written_shown_and_made_again(run, answer, report, tmp_path):
    out = tmp_path / "draft"
    found = answer("newsroom", "draft", report, "-o", out)
    assert (out / "draft.html").read_text(encoding="utf-8").startswith("<!doctype html>")
    assert "320 bidders" in (out / "draft.md").read_text(encoding="utf-8")
    assert answer("newsroom", "show")["drafts"][0]["draft"] == found["draft"]
    assert answer("newsroom", "show", found["draft"][:6], "--again")["same"] is True
    assert "exists" not in run("newsroom", "show", found["draft"]).output
    assert "has a draft already" in run("newsroom", "draft", report, "-o", out, code=2).output
    run("newsroom", "draft", report, "-o", out, "--overwrite")


def test_data_alone_in_both_languages(run, tmp_path):
    (tmp_path / "box.csv").write_text(BOX, encoding="utf-8")
    english = run("newsroom", "draft", "--data", tmp_path / "box.csv").output
    assert "Dune led the box office at the weekend with $45.2 million" in english
    chinese = run("newsroom", "draft", "--data", tmp_path / "box.csv", "--language", "zh").output
    assert "《Dune》以4523万美元居周末票房榜首" in chinese


def test_a_bad_source_among_good_ones_is_told_of(run, report, tmp_path):
    (tmp_path / "empty.txt").write_bytes(b"")
    result = run("newsroom", "draft", report, tmp_path / "empty.txt")
    assert "left out: empty.txt is empty" in result.output
    assert "empty.txt is empty" in run("newsroom", "draft", tmp_path / "empty.txt", code=2).output
    assert "nothing to write from" in run("newsroom", "draft", code=2).output
    assert "there is no file" in run("newsroom", "draft", tmp_path / "none.txt", code=2).output


def test_a_revision(answer, run, report, tmp_path):
    first = answer("newsroom", "draft", report)["draft"]
    report.write_text(REPORT.replace("320", "412"), encoding="utf-8")
    found = answer("newsroom", "revise", first, report)
    assert found["draft"] != first
    assert [c["kind"] for c in found["changes"]] == ["changed"]
    assert "nothing is new" in run("newsroom", "revise", first, code=2).output
    assert "no source" in run("newsroom", "revise", first, "--without", "x.txt", code=2).output


def test_a_text_is_checked(answer, run, report, tmp_path):
    text = tmp_path / "article.txt"
    text.write_text("The auction drew 320 bidders. The auction drew 520 bidders.", encoding="utf-8")
    found = answer("newsroom", "check", text, "-s", report, code=1)
    assert found["not_borne_out"] == 1
    assert [row["why not"] != "" for row in found["verdicts"]] == [False, True]
    text.write_text("The auction drew 320 bidders.", encoding="utf-8")
    run("newsroom", "check", text, "-s", report)
    assert "must rest on" in run("newsroom", "check", text, code=2).output


def test_forms_are_listed(answer):
    names = {form["form"] for form in answer("newsroom", "forms")["forms"]}
    assert names == {"brief", "article", "reviews", "synopsis", "programme", "push", "headlines"}


def test_a_name_says_who_reports(answer, report):
    found = answer("newsroom", "draft", f"The Globe={report}")
    assert found["origins"][0]["label"] == "The Globe"


def test_an_endpoint_that_is_none_is_a_sentence(run, report):
    result = run("newsroom", "draft", report, "--model", "http://127.0.0.1:9/v1", code=6)
    assert "gives no answer" in result.output
    assert "no model file" in run("newsroom", "draft", report, "--model", "x.gguf", code=2).output


def test_the_page_is_json_too(run, report, tmp_path):
    run("newsroom", "draft", report, "-o", tmp_path / "d")
    data = json.loads((tmp_path / "d" / "draft.json").read_text(encoding="utf-8"))
    assert data["form"] == "brief"
