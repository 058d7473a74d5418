"""The read side: an index derived from the cards, which answers every list, search and page."""
