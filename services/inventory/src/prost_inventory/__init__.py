"""What the shop has on its shelves, what of it is held for orders, and where every bottle went."""
