from limelight.catalog.vocabulary import EVENTS, ITEMS, USERS
from limelight.datasets.amazon import Sequences


def test_a_line_is_a_user_and_their_items_in_order(tmp_path):
    path = tmp_path / "Beauty.txt"
    path.write_text("1 5 10 5\n2 9\n3\n", encoding="utf-8")
    tables = Sequences(path)
    events = tables.events()
    assert events.schema == EVENTS
    assert events["user_id"].to_list() == ["1", "1", "1", "2"]
    assert events["item_id"].to_list() == ["5", "10", "5", "9"]
    assert events["time"].null_count() == 4
    assert tables.items().schema == ITEMS
    assert tables.items()["item_id"].to_list() == ["5", "9", "10"]
    assert tables.users().schema == USERS
    assert tables.users()["user_id"].to_list() == ["1", "2", "3"]
