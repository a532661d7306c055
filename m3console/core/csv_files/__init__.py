"""CSV both ways: cells that leave, lines and records that come in."""
