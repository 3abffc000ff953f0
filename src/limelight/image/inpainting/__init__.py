"""Holes in pictures, filled from what surrounds them."""
