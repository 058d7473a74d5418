"""Proofs that buying survives crowds, crashes, attacks and outages, on a stack of their own."""
