"""Takes money for orders, once, and keeps the books of it."""
