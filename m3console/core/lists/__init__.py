"""The parts of every list, which `listing` puts together."""
