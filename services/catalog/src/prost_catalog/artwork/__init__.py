"""Draws the products of the shop: vessels, labels, glasses and the set they stand on, as SVG."""
