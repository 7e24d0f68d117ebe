"""Texts: who sends, what is said, to whom; sent once, and accounted for."""
