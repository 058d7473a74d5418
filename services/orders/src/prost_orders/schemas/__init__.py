"""The wire models of orders, a module per noun."""
