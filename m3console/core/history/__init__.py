"""What was changed, by whom, when and why, as people read it; `core.audit` is what writes it."""
