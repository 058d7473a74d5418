"""Invoices and their corrections on paper."""
