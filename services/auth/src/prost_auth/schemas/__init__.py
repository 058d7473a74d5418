"""The wire models of auth."""
