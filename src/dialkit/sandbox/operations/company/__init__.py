"""The company: offices and numbers."""
