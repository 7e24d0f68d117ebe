"""Contacts and companies: found by number or address, changed, made, read from files, written to them."""
