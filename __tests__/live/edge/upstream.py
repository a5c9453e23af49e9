"""Stands in for an application behind the proxy: says who asked how, streams, echoes, and logs each row it writes."""

import asyncio
import base64
import hashlib
import json
import os
import socket
from urllib.parse import parse_qs, urlsplit

NAME = socket.gethostname()


async def serve(reader, writer):
    try:
        while await answer(reader, writer):
            pass
    except (asyncio.IncompleteReadError, ConnectionError):
        pass
    finally:
        writer.close()


async def answer(reader, writer):
    head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
    method, target, _ = head[0].split(" ")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:-2])}
    url = urlsplit(target)
    query = {name: values[0] for name, values in parse_qs(url.query).items()}
    body = await body_of(reader, headers)
    match url.path.rsplit("/", 1)[-1]:
        case "rows":
            print(f"row {body.decode()}", flush=True)
            await asyncio.sleep(float(query.get("seconds", 0)))
            send(writer, 201, body)
        case "echo":
            send(writer, 200, json.dumps({"target": target, "method": method, "headers": headers, "bytes": len(body)}))
        case "text":
            send(writer, 200, "abcdefgh" * 1000)
        case "status":
            send(writer, int(query["code"]), "the application's own words")
        case "sleep":
            await asyncio.sleep(float(query["seconds"]))
            send(writer, 200, NAME)
        case "download":
            await stream(writer, int(query["chunks"]), float(query["pause"]))
            return False
        case "events":
            await events(writer, int(query["count"]), "chunked" in query)
            return False
        case "socket":
            await websocket(reader, writer, headers)
            return False
        case "die":
            os._exit(1)
        case _:
            send(writer, 200, NAME)
    await writer.drain()
    return headers.get("connection") != "close"


async def body_of(reader, headers):
    if headers.get("transfer-encoding") != "chunked":
        return await reader.readexactly(int(headers.get("content-length", 0)))
    body = b""
    while size := int(await reader.readline(), 16):
        body += await reader.readexactly(size)
        await reader.readline()
    await reader.readline()
    return body


def send(writer, status, body):
    data = body if isinstance(body, bytes) else body.encode()
    head = f"HTTP/1.1 {status} Said\r\nContent-Type: text/plain\r\nX-Frame-Options: ALLOWALL\r\nX-Powered-By: Python\r\n"
    writer.write(f"{head}Content-Length: {len(data)}\r\n\r\n".encode() + data)


async def stream(writer, chunks, pause):
    writer.write(f"HTTP/1.1 200 Said\r\nContent-Length: {chunks * 1000}\r\nConnection: close\r\n\r\n".encode())
    for _ in range(chunks):
        writer.write(b"x" * 1000)
        await writer.drain()
        await asyncio.sleep(pause)


async def events(writer, count, chunked):
    """Without chunks, the end of the connection is the end of the answer."""
    length = b"Transfer-Encoding: chunked\r\n" if chunked else b""
    writer.write(b"HTTP/1.1 200 Said\r\nContent-Type: text/event-stream\r\nConnection: close\r\n" + length + b"\r\n")
    for number in range(count):
        event = f"data: {number}\n\n".encode()
        writer.write(b"%x\r\n%s\r\n" % (len(event), event) if chunked else event)
        await writer.drain()
        await asyncio.sleep(1)
    if chunked:
        writer.write(b"0\r\n\r\n")


async def websocket(reader, writer, headers):
    key = headers["sec-websocket-key"] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
    accept = base64.b64encode(hashlib.sha1(key.encode()).digest()).decode()
    writer.write(
        f"HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n\r\n".encode()
    )
    while True:
        first, second = await reader.readexactly(2)
        mask = await reader.readexactly(4)
        text = bytes(byte ^ mask[i % 4] for i, byte in enumerate(await reader.readexactly(second & 0x7F)))
        writer.write(bytes([first, len(text)]) + text)
        await writer.drain()
        if first & 0xF == 8:
            return


async def main():
    server = await asyncio.start_server(serve, "0.0.0.0", 3000, backlog=1024)
    async with server:
        await server.serve_forever()


asyncio.run(main())
