"""The tables of auth."""
