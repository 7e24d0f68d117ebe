"""Calls, from dialling to their recap."""
