import pytest

from limelight.errors import BadInputError, LimelightError, UnavailableError
from limelight.media.batch import DefectError, exit_code, run
from limelight.media.outputs import Job


@pytest.fixture
def jobs(tmp_path):
    for name, size in [("a", 100), ("b", 300), ("c", 0)]:
        (tmp_path / name).write_bytes(bytes(size))
    return [Job(tmp_path / name, tmp_path / f"{name}.new") for name in "abc"]


def test_a_bad_file_stops_no_other(jobs):
    def work(job, progress):
        if job.source.name == "a":
            raise BadInputError("a is bad")
        if job.source.name == "b":
            return {"seconds": 1 / 0}
        return {"channels": 2}

    heard = []
    outcomes = run(jobs, work, tell=heard.append)
    assert outcomes == heard
    assert [outcome.status for outcome in outcomes] == ["failed", "failed", "done"]
    assert isinstance(outcomes[1].error, DefectError)
    assert "unexpected ZeroDivisionError" in str(outcomes[1].error)
    assert outcomes[2].facts == {"channels": 2}


def test_too_little_memory_fails_one_file(jobs):
    def work(job, progress):
        raise MemoryError

    (outcome,) = run(jobs[:1], work)
    assert "more memory than there is" in str(outcome.error)


def test_cancelling_ends_the_batch(jobs):
    def work(job, progress):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(jobs, work)


def test_progress_is_of_all_files_by_their_size_and_never_goes_back(jobs):
    heard = []

    def work(job, progress):
        for done in [0, 5, 10, 0, 10]:
            progress(done, 10, "cleaning")
        progress(1, None, "closing")
        return {}

    run(jobs, work, lambda done, total, message: heard.append((done, total, message)))
    assert [done for done, _, _ in heard] == sorted(done for done, _, _ in heard)
    assert {total for _, total, _ in heard} == {401}
    assert heard[-1] == (401, 401, "c (3 of 3): closing")
    assert heard[5][0] == 100


def test_finished_files_are_left(jobs):
    done = [Job(job.source, job.target, done=True) for job in jobs]
    assert [outcome.status for outcome in run(done, lambda job, progress: {})] == ["skipped"] * 3


@pytest.mark.parametrize(
    ("errors", "code"),
    [
        ([], 0),
        ([UnavailableError("full")] * 2, 6),
        ([UnavailableError("full"), BadInputError("bad")], 1),
        ([LimelightError("so")], 1),
    ],
)
def test_the_exit_code_is_what_failures_have_in_common(jobs, errors, code):
    left = list(errors)

    def work(job, progress):
        if left:
            raise left.pop()
        return {}

    assert exit_code(run(jobs, work)) == code
