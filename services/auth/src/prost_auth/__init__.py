"""Knows who is who: accounts, sessions, roles and keys; the OpenID provider of the shop."""
