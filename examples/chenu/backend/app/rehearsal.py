"""For rehearsing deploys: a release that starts slowly or is broken, chosen when its image is built.

START_DELAY=5   listens five seconds late
FAIL=500        answers every request with 500
FAIL=migrate    its migration ends with an error
"""

import asyncio
import os

START_DELAY = float(os.environ.get("START_DELAY") or 0)
FAIL = os.environ.get("FAIL", "")


async def start_slowly() -> None:
    await asyncio.sleep(START_DELAY)


def answers_with_500() -> bool:
    return FAIL == "500"


def break_migration() -> None:
    if FAIL == "migrate":
        raise SystemExit("migration failed: this release was built with FAIL=migrate")
