"""What the catalogue answers over HTTP, a resource for each noun."""
