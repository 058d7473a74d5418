"""Orders over HTTP, a module per noun."""
