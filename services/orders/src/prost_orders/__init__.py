"""Keeps the entries of orders."""
