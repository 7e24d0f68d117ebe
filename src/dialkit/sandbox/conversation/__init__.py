"""What is said on calls: conversations, what an AI makes of them, and how a recording sounds."""
