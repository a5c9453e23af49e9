"""The stand-in for CHE·NU's backend: threads in Postgres, views in Redis."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any
from uuid import UUID

from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.responses import JSONResponse
from psycopg import OperationalError
from psycopg_pool import PoolTimeout
from pydantic import BaseModel, StringConstraints

from . import database, health, rehearsal, views
from .settings import RELEASE, required

# The real application signs its sessions with this and does not start without it.
required("JWT_SECRET_KEY")


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[None]:
    await rehearsal.start_slowly()
    await database.pool.open()
    yield
    await database.pool.close()
    await views.redis.aclose()


app = FastAPI(title="CHE·NU", version=RELEASE, lifespan=lifespan)
app.include_router(health.router)


@app.middleware("http")
async def rehearse(request: Request, answer: Any) -> Response:
    if rehearsal.answers_with_500():
        return JSONResponse({"detail": "this release was built with FAIL=500"}, status_code=500)
    return await answer(request)


@app.exception_handler(OperationalError)
@app.exception_handler(PoolTimeout)
async def database_is_away(_: Request, __: Exception) -> JSONResponse:
    return JSONResponse({"detail": "the database does not answer"}, status_code=503)


Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]


class NewThread(BaseModel):
    title: Text
    founding_intent: Text
    sphere_id: Text = "personal"


@app.get("/api/v1/threads")
async def list_threads() -> list[dict[str, Any]]:
    return await database.list_threads()


@app.post("/api/v1/threads", status_code=201)
async def create_thread(thread: NewThread) -> dict[str, Any]:
    return await database.create_thread(thread.title, thread.founding_intent, thread.sphere_id)


@app.get("/api/v1/threads/{thread_id}")
async def read_thread(thread_id: UUID) -> dict[str, Any]:
    thread = await database.find_thread(thread_id)
    if thread is None:
        raise HTTPException(404, "no such thread")
    return {**thread, "views": await views.count(thread_id)}
