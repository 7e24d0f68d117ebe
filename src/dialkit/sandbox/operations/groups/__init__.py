"""Groups of people, and what belongs to them."""
