"""Meetings, planned and held."""
