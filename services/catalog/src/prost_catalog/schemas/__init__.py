"""The wire: what is asked and what is answered."""
