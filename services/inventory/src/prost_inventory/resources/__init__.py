"""The HTTP resources of inventory, a module for each of its callers: customers, services and staff."""
