"""Texts, faxes, digital sessions."""
