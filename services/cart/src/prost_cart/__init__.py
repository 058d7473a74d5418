"""What customers are about to buy: guest and customer carts at the catalogue's prices."""
