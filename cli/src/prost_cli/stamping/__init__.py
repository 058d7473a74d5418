"""Services from the template: stamping new ones and carrying template changes into old ones."""
