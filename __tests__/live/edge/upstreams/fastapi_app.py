"""FastAPI behind uvicorn: what it shows under a path that a guard is for."""

import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import PlainTextResponse

app = FastAPI()


@app.get("/health", response_class=PlainTextResponse)
def health():
    return "well"


@app.get("/admin/users", response_class=PlainTextResponse)
@app.get("/closed/users", response_class=PlainTextResponse)
@app.get("/api/metrics/all", response_class=PlainTextResponse)
def secret(request: Request):
    return f"secret {request.headers.get('authorization', 'without a password')}"


uvicorn.run(app, host="0.0.0.0", port=3000)
