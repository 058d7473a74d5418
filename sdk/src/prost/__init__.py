"""Prost: what every service is built of. Import the module that you need; this one imports nothing."""
