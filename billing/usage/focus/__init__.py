"""Cost and usage in the FinOps open specification (FOCUS 1.x), taken in as usage (spec 6, import_focus)."""
