"""Connections to the SQLite file, and the queries."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from .settings import DATABASE


@contextmanager
def connection() -> Iterator[sqlite3.Connection]:
    """A connection of its own for each request, and a transaction: SQLite's locks are between connections."""
    opened = sqlite3.connect(DATABASE, timeout=5)
    opened.row_factory = sqlite3.Row
    try:
        # Readers don't wait for a writer, nor it for them. The file remembers it.
        opened.execute("PRAGMA journal_mode = WAL")
        with opened:
            yield opened
    finally:
        opened.close()


def ping() -> None:
    with connection() as opened:
        opened.execute("SELECT 1 FROM emails LIMIT 1")


def list_emails() -> list[dict[str, object]]:
    with connection() as opened:
        return [dict(row) for row in opened.execute("SELECT * FROM emails ORDER BY id DESC LIMIT 100")]


def create_email(recipient: str, subject: str, body: str) -> dict[str, object]:
    with connection() as opened:
        created = opened.execute(
            "INSERT INTO emails (recipient, subject, body) VALUES (?, ?, ?) RETURNING *", (recipient, subject, body)
        )
        return dict(created.fetchone())
