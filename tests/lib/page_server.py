"""Serves the dashboard on a free port of this machine, as a reader's browser would meet it."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import uvicorn
from fastapi import FastAPI

from regiebeeld.dashboard.web import create_app
from regiebeeld.releases import Shelf


@contextmanager
def serving(app: FastAPI) -> Iterator[str]:
    """Serve an app in a thread and give its address; stops it afterwards."""
    server = uvicorn.Server(
        uvicorn.Config(app, host="127.0.0.1", port=0, log_level="critical", ws="none")
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        until = time.monotonic() + 20
        while not server.started:
            if time.monotonic() > until or not thread.is_alive():
                raise RuntimeError("the dashboard did not start within 20 seconds")
            time.sleep(0.01)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)


@contextmanager
def connect(shelf: Shelf, audience: str = "openbaar") -> Iterator[httpx.Client]:
    """Give a client of a dashboard that serves this shelf."""
    app = create_app(shelf, audience=audience)
    with serving(app) as address, httpx.Client(base_url=address, timeout=30) as client:
        yield client
