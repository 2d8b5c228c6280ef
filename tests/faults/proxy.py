"""A TCP proxy before PostgreSQL that can let a COMMIT through and cut the line before the answer comes back."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress


class CuttingProxy:
    """Forwards everything; after `arm(n)` the n-th COMMIT is forwarded and its answer is never delivered."""

    def __init__(self, host: str, port: int) -> None:
        self._server = (host, port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self.cuts = 0
        self._left = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def arm(self, commit: int = 1) -> None:
        self._left = commit

    def close(self) -> None:
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection(self._server)
                threading.Thread(target=self._serve, args=(client, server), daemon=True).start()

    def _serve(self, client: socket.socket, server: socket.socket) -> None:
        cut = threading.Event()
        threading.Thread(target=self._answer, args=(server, client, cut), daemon=True).start()
        with suppress(OSError):
            while sent := client.recv(65536):
                if self._left and b"COMMIT" in sent:
                    self._left -= 1
                    if self._left == 0:
                        cut.set()
                server.sendall(sent)
        with suppress(OSError):
            server.shutdown(socket.SHUT_RDWR)

    def _answer(self, server: socket.socket, client: socket.socket, cut: threading.Event) -> None:
        with suppress(OSError):
            while received := server.recv(65536):
                if cut.is_set():  # the server has worked the COMMIT; the client shall never know
                    self.cuts += 1
                    break
                client.sendall(received)
        with suppress(OSError):
            client.shutdown(socket.SHUT_RDWR)
