"""The stand-in for IAPosteManager: emails in SQLite, the account's settings in a file."""

import sqlite3
from typing import Any

from flask import Flask, abort, jsonify, request
from werkzeug.exceptions import HTTPException

from . import account, database
from .settings import RELEASE, required

app = Flask(__name__, static_folder=None)
app.config["SECRET_KEY"] = required("SECRET_KEY")
# The real application writes with the one and sends with the other, and does not start without them.
required("OPENAI_API_KEY")
required("SMTP_PASSWORD")


@app.get("/health")
def health() -> tuple[dict[str, str], int]:
    try:
        database.ping()
    except sqlite3.Error:
        return {"status": "unhealthy", "database": "down", "version": RELEASE}, 503
    return {"status": "healthy", "database": "ok", "version": RELEASE}, 200


@app.get("/api/emails")
def list_emails() -> list[dict[str, Any]]:
    return database.list_emails()


@app.post("/api/emails")
def create_email() -> tuple[dict[str, Any], int]:
    email = sent_object()
    fields = [email.get(name) for name in ("recipient", "subject", "body")]
    if not all(isinstance(field, str) and field for field in fields):
        abort(400, "recipient, subject and body are required")
    return database.create_email(*fields), 201


@app.get("/api/config/account")
def read_account() -> dict[str, Any]:
    return account.read()


@app.put("/api/config/account")
def write_account() -> dict[str, Any]:
    account.write(sent_object())
    return account.read()


def sent_object() -> dict[str, Any]:
    sent = request.get_json()
    if not isinstance(sent, dict):
        abort(400, "a JSON object is required")
    return sent


@app.errorhandler(HTTPException)
def say(error: HTTPException) -> tuple[Any, int | None]:
    return jsonify(error=error.description), error.code
