import pytest
from hypothesis import given
from hypothesis import strategies as st

from limelight.operate.report.plots import Estimate, bars, scatter

share = st.floats(0, 1, allow_subnormal=False)


@st.composite
def estimates(draw) -> list[Estimate]:
    made = []
    for label in draw(st.lists(st.text(max_size=60), min_size=1, max_size=9)):
        low, value, high = sorted(draw(st.tuples(share, share, share)))
        made.append(Estimate(label, value, low, high, draw(share)))
    return made


@given(estimates())
def test_bars_are_ordered_and_inside(shown):
    plot = bars(shown)
    assert [mark.estimate.value for mark in plot.marks] == sorted(
        (estimate.value for estimate in shown), reverse=True
    )
    assert [mark.is_best for mark in plot.marks] == [True] + [False] * (len(shown) - 1)
    for mark in plot.marks:
        assert plot.left <= mark.low <= mark.x <= mark.high <= plot.right
        assert plot.top < mark.y < plot.bottom


@given(estimates())
def test_points_and_labels_are_inside(shown):
    plot = scatter(shown)
    for mark in plot.marks:
        assert plot.left <= mark.x <= plot.right
        assert plot.top <= mark.high <= mark.y <= mark.low <= plot.bottom
        assert 0 <= mark.label_x <= plot.width
        assert 0 <= mark.label_y <= plot.height


@pytest.mark.parametrize(
    ("highest", "texts"),
    [
        (0.087, ["0.00", "0.02", "0.04", "0.06", "0.08", "0.10"]),
        (0.11, ["0.000", "0.025", "0.050", "0.075", "0.100", "0.125"]),
        (3.0, ["0", "1", "2", "3"]),
        (0.0, ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]),
    ],
)
def test_ticks_are_round_numbers(highest, texts):
    plot = bars([Estimate("a", highest, highest, highest)])
    assert [tick.text for tick in plot.ticks] == texts
    assert plot.ticks[0].place == plot.left
    assert plot.ticks[-1].place == plot.right


def test_a_label_makes_way_for_its_neighbour():
    near = [
        Estimate("on the left", 0.05, 0.05, 0.05, 0.2),
        Estimate("near", 0.05, 0.05, 0.05, 0.22),
    ]
    far = Estimate("far", 0.01, 0.01, 0.01, 0.4)
    anchors = {mark.label: mark.anchor for mark in scatter([*near, far]).marks}
    assert anchors == {"on the left": "end", "near": "start", "far": "end"}
