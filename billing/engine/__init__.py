"""The billing engine: frozen values in, frozen values out; no Django, clock or database. Begin at bill.py."""
