"""Pretrained weights by name: where they come from, their licence, size and checksum."""
