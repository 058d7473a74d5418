"""The HTTP resources of payments."""
