"""What orders does: each function is one transaction, without network."""
