"""Limelight: the AI back office of an entertainment service."""
