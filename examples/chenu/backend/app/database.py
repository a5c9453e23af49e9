"""The pool of database connections, and the queries."""

from typing import Any
from uuid import UUID

from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool

from .settings import DATABASE_URL

# A connection is tried before it is handed out, and lost ones are replaced: a database restart costs the requests
# of that moment, nothing more.
pool = AsyncConnectionPool(
    DATABASE_URL,
    kwargs={"row_factory": dict_row, "connect_timeout": 3},
    min_size=1,
    max_size=10,
    timeout=5,
    reconnect_timeout=5,
    check=AsyncConnectionPool.check_connection,
    open=False,
)

COLUMNS = "id, title, founding_intent, sphere_id, created_at"


async def ping() -> None:
    async with pool.connection() as connection:
        await connection.execute("SELECT 1")


async def list_threads() -> list[dict[str, Any]]:
    async with pool.connection() as connection:
        found = await connection.execute(f"SELECT {COLUMNS} FROM threads ORDER BY created_at DESC LIMIT 100")
        return await found.fetchall()


async def find_thread(thread_id: UUID) -> dict[str, Any] | None:
    async with pool.connection() as connection:
        found = await connection.execute(f"SELECT {COLUMNS} FROM threads WHERE id = %s", (thread_id,))
        return await found.fetchone()


async def create_thread(title: str, founding_intent: str, sphere_id: str) -> dict[str, Any]:
    async with pool.connection() as connection:
        created = await connection.execute(
            f"INSERT INTO threads (title, founding_intent, sphere_id) VALUES (%s, %s, %s) RETURNING {COLUMNS}",
            (title, founding_intent, sphere_id),
        )
        return await created.fetchone()
