"""What the catalogue can be made to do: one function, one transaction, no network."""
