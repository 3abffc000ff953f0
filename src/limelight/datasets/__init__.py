"""Public data sets by name: fetch, verify, cache, read."""
