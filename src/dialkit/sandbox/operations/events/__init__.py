"""What is told to others."""
