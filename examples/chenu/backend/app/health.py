"""Whether this instance can do its work right now."""

import asyncio
from collections.abc import Coroutine

from fastapi import APIRouter, Response

from . import database, views
from .settings import RELEASE

SECONDS = 1.5
router = APIRouter()


@router.get("/health")
async def health(response: Response) -> dict[str, str]:
    of_database, of_redis = await asyncio.gather(check(database.ping()), check(views.ping()))
    healthy = of_database == of_redis == "ok"
    response.status_code = 200 if healthy else 503
    return {
        "status": "healthy" if healthy else "unhealthy",
        "database": of_database,
        "redis": of_redis,
        "version": RELEASE,
    }


async def check(ping: Coroutine[None, None, None]) -> str:
    """Does not wait for a ping that hangs, nor for its clean-up: a health check that is late says nothing."""
    task = asyncio.ensure_future(ping)
    task.add_done_callback(lambda done: done.cancelled() or done.exception())
    finished, _ = await asyncio.wait({task}, timeout=SECONDS)
    if not finished:
        task.cancel()
        return "timeout"
    return "down" if task.exception() else "ok"
