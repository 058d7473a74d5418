"""Other OpenID providers, of which this service is a client; only those in the settings are ever called."""

from prost_auth.external.clients import ExternalClients

__all__ = ["ExternalClients"]
