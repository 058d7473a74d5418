"""What inventory does: each function is one transaction, and most are one statement."""
