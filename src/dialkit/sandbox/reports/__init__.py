"""Figures of what happened in the world, worked out when somebody asks."""
