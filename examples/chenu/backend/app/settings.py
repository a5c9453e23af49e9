"""What the environment says, read once. A missing name ends the process with one line."""

import os


def required(name: str) -> str:
    value = os.environ.get(name, "")
    if not value:
        raise SystemExit(f"{name} is not set")
    return value


DATABASE_URL = required("DATABASE_URL")
RELEASE = os.environ.get("RELEASE", "dev")
