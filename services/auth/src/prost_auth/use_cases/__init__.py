"""What auth does: each function is one transaction, without network."""
