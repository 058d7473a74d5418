"""Mails to people: what they say in both languages, and the way that they go."""

from prost_auth.mailing.letters import render
from prost_auth.mailing.sending import Postman

__all__ = ["Postman", "render"]
