"""Learning how much to believe each of several models."""
