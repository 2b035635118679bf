"""Real receivers on this machine: an HTTP server that can answer, refuse, hang or hang up, and an SMTP server."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


class Post(NamedTuple):
    """One request that an HTTP receiver got."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """Its body."""
        return json.loads(self.body)

    @property
    def key(self) -> str:
        """Its idempotency key."""
        return self.headers["Idempotency-Key"]


class HttpReceiver:
    """What an HTTP receiver got, and how it behaves: `answers`, `refuses`, `hangs` (for `hang_s`) or `hangs up`."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.posts: list[Post] = []
        self.behaviour = "answers"
        self.hang_s = 5

    @property
    def url(self) -> str:
        """Its address, with a secret in the path."""
        return f"http://127.0.0.1:{self.port}/hook/s3cr3t-token"


@contextmanager
def http_receiver() -> Iterator[HttpReceiver]:
    """An HTTP server that runs while the block does."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if receiver.behaviour == "hangs":
                time.sleep(receiver.hang_s)
            if receiver.behaviour == "hangs up":
                self.connection.close()
                return
            receiver.posts.append(Post(self.path, dict(self.headers), body))
            self.send_response(500 if receiver.behaviour == "refuses" else 204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        receiver = HttpReceiver(server.server_address[1])
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield receiver
        server.shutdown()


class Mailbox:
    """The mails that an SMTP server took."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Take a mail."""
        assert isinstance(envelope.content, bytes)
        self.mails.append(message_from_bytes(envelope.content, _class=EmailMessage, policy=policy.default))
        return "250 taken"


@contextmanager
def smtp_receiver() -> Iterator[tuple[Mailbox, int]]:
    """An SMTP server that runs while the block does, and its port."""
    mailbox = Mailbox()
    controller = Controller(mailbox, hostname="127.0.0.1", port=free_port())
    controller.start()
    try:
        yield mailbox, controller.port
    finally:
        controller.stop()


def free_port() -> int:
    """A port that nobody listens on."""
    import socket

    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
