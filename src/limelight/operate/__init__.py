"""Running the house: registry, demo, reports."""
