"""Failing on purpose: rules, what they match, and what they do."""
