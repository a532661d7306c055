"""One act on many rows of a list: confirmed, done row by row, and told row by row."""
