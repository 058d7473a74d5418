"""The shop's catalogue: products, variants, prices, pictures and reviews."""
