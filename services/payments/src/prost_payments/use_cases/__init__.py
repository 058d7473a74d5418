"""What payments does: each function is one statement, without network."""
