"""Search: within a list, page by page at a million rows, and over everything at once."""
