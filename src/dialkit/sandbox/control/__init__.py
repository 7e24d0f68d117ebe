"""What only a sandbox has, under ``/__sandbox__/``: looking into it, and making things happen."""
