"""The keys of the issuer: one process-wide ring signs tokens and publishes what verifies them."""

from prost_auth.keys.making import ALGORITHM, new_key
from prost_auth.keys.ring import KeyRing, configure, ring
from prost_auth.keys.verifier import OwnTokenVerifier

__all__ = ["ALGORITHM", "KeyRing", "OwnTokenVerifier", "configure", "new_key", "ring"]
