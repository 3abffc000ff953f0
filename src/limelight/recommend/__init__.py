"""Histories in, rankings out."""
