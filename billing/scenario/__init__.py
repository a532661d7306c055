"""Scenario files: a catalogue, accounts, usage and steps, played through the console's own services.

keys.py lists the keys, reading.py parses a file, loading.py creates its entities, playing.py plays its steps
and says what came of them, matching.py compares that with what was expected (spec 5).
"""
