"""The account's settings, which its user changes at run time: a file in the configuration folder."""

import json
import os
import tempfile
from typing import Any

from .settings import CONFIG

FILE = CONFIG / "account.json"


def read() -> dict[str, Any]:
    try:
        return json.loads(FILE.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}


def write(account: dict[str, Any]) -> None:
    # Whoever reads it meanwhile, a backup too, sees the old file or the new one, never half of it.
    with tempfile.NamedTemporaryFile("w", dir=CONFIG, prefix=".account-", encoding="utf-8", delete=False) as file:
        json.dump(account, file, ensure_ascii=False, indent=2)
    os.replace(file.name, FILE)
