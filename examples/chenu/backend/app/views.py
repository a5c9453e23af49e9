"""How often a thread was looked at, counted in Redis."""

from uuid import UUID

from redis.asyncio import Redis
from redis.exceptions import RedisError

from .settings import required

redis = Redis.from_url(required("REDIS_URL"), socket_connect_timeout=1, socket_timeout=1)


async def ping() -> None:
    await redis.ping()


async def count(thread_id: UUID) -> int | None:
    """Without Redis a thread can still be read; it is just not counted."""
    try:
        return await redis.incr(f"views:{thread_id}")
    except (RedisError, OSError):
        return None
