"""The parts of every list, which `core.listing` puts together."""
