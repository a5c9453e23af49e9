"""What the environment says, read once. A missing name ends the process with one line."""

import os
from pathlib import Path


def required(name: str) -> str:
    value = os.environ.get(name, "")
    if not value:
        raise SystemExit(f"{name} is not set")
    return value


DATABASE = Path("/app/data/iaposte.db")
CONFIG = Path("/app/config")
RELEASE = os.environ.get("RELEASE", "dev")
