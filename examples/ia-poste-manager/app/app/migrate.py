"""The release job: brings the schema to what this release needs. Running it again changes nothing."""

import sqlite3

from . import database
from .settings import RELEASE

#: Each runs once; SQLite's own user_version counts how many have.
MIGRATIONS = [
    """
    CREATE TABLE emails (
        id INTEGER PRIMARY KEY,
        recipient TEXT NOT NULL,
        subject TEXT NOT NULL,
        body TEXT NOT NULL,
        created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ'))
    )
    """,
    "CREATE INDEX emails_by_recipient ON emails (recipient)",
]


def migrate() -> None:
    with database.connection() as connection:
        # Two releases that migrate at the same time take turns.
        connection.execute("BEGIN IMMEDIATE")
        done = connection.execute("PRAGMA user_version").fetchone()[0]
        for migration in MIGRATIONS[done:]:
            connection.execute(migration)
        connection.execute(f"PRAGMA user_version = {max(done, len(MIGRATIONS))}")
    print(f"schema is that of release {RELEASE}")


if __name__ == "__main__":
    try:
        migrate()
    except sqlite3.Error as error:
        raise SystemExit(f"migration failed: {error}") from None
