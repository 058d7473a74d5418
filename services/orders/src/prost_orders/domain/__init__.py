"""The rules of orders, without any I/O."""
