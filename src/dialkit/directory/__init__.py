"""Contacts and companies: found by number or address, changed or made, read from files and written to them."""
