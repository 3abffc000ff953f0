"""Sound: cleaned, enhanced, separated, described, in files of any length."""
