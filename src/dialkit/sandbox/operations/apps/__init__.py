"""Other applications."""
