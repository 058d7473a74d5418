"""The HTTP resources of auth."""
