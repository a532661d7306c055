"""Importing accounts from CSV: read, check, preview, then all or nothing (spec 1, Account, List)."""
