"""The rules of auth, without any I/O."""
