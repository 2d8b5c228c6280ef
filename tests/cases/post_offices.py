"""The other side, for tests: a mail server and a web server on this machine that keep what they get."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from aiosmtpd.controller import Controller


@dataclass
class MailServer:
    """Takes mail; answers the next ones as `answers` says."""

    mails: list[Message] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    port: int = 0

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        answer = self.answers.pop(0) if self.answers else "250 OK"
        if answer.startswith("250"):
            self.mails.append(message_from_bytes(envelope.content, policy=default))
        return answer


@contextmanager
def mail_server() -> Iterator[MailServer]:
    office = MailServer()
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        office.port = listener.getsockname()[1]
    controller = Controller(office, hostname="127.0.0.1", port=office.port, ready_timeout=20)
    controller.start()
    try:
        yield office
    finally:
        controller.stop()


@dataclass
class WebServer:
    """Takes POSTs; answers the next ones as `answers` says (status, text)."""

    posts: list[dict[str, Any]] = field(default_factory=list)
    answers: list[tuple[int, str]] = field(default_factory=list)
    origin: str = ""


@contextmanager
def web_server() -> Iterator[WebServer]:
    office = WebServer()

    class Desk(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers["Content-Length"]))
            key = self.headers["Idempotency-Key"]
            office.posts.append({"path": self.path, "key": key, "said": json.loads(content)})
            status, text = office.answers.pop(0) if office.answers else (200, '{"errcode": 0}')
            self.send_response(status)
            if status == 302:
                self.send_header("Location", f"{office.origin}/elsewhere")
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Desk)
    office.origin = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield office
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
