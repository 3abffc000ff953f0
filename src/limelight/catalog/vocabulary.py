"""The words that a catalogue is made of: what events are called and what they say."""

KIND_WEIGHTS: dict[str, float] = {
    "view": 1.0,
    "play": 1.0,
    "complete": 1.0,
    "purchase": 1.0,
    "rating": 1.0,
    "like": 2.0,
    "skip": -1.0,
    "dislike": -2.0,
}
"""How much an event of each kind speaks for a title; an unlisted kind counts 1. A rating says that
somebody chose the title, whatever they thought of it afterwards."""
