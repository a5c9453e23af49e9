"""Flask behind gunicorn's usual rival, its own threaded server: what it shows under a path that a guard is for."""

from flask import Flask, request

app = Flask(__name__)


@app.get("/health")
def health():
    return "well"


@app.get("/admin/users")
@app.get("/closed/users")
@app.get("/api/metrics/all")
def secret():
    return f"secret {request.headers.get('Authorization', 'without a password')}"


app.run("0.0.0.0", 3000, threaded=True)
