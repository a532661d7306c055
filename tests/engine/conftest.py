"""Properties have no time limit per example, which a busy machine would miss."""

import os

from hypothesis import settings

settings.register_profile(
    "engine",
    deadline=None,
    derandomize="CI" in os.environ,
    max_examples=int(os.environ.get("HYPOTHESIS_EXAMPLES", "100")),
)
settings.load_profile("engine")
