"""Sentences of a draft: from claims in other words, from data by templates, from both checked."""
