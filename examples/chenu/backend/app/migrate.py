"""The release job: brings the schema to what this release needs. Running it again changes nothing."""

import psycopg

from . import rehearsal
from .settings import DATABASE_URL, RELEASE

SCHEMA = """
CREATE TABLE IF NOT EXISTS threads (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    title text NOT NULL,
    founding_intent text NOT NULL,
    sphere_id text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX IF NOT EXISTS threads_by_age ON threads (created_at DESC);
"""

# Two releases that migrate at the same time take turns.
LOCK = 20260108


def migrate() -> None:
    rehearsal.break_migration()
    with psycopg.connect(DATABASE_URL, connect_timeout=10) as connection:
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (LOCK,))
        connection.execute(SCHEMA)
    print(f"schema is that of release {RELEASE}")


if __name__ == "__main__":
    try:
        migrate()
    except psycopg.Error as error:
        raise SystemExit(f"migration failed: {error}") from None
