"""The wire models of payments, by who meets them."""
