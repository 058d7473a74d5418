"""The `prost` command line."""
