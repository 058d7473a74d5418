"""Falcon without the SDK."""
