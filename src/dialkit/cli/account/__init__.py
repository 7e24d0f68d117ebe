"""Who is asking: logging in, whose a key is, what it may do, and the company that a folder pins."""
