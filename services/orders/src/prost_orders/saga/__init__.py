"""The saga of an order: over stock, payment and cart to its confirmation, or back."""
