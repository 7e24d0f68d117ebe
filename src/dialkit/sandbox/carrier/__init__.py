"""The telephone network: what becomes of texts and calls once they have left."""
