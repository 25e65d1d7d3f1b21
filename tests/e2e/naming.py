"""A name service of the test's own, which a process asks for the names under `.test`.

The system's is not for a test to change, so the process asks this one in the place of `getaddrinfo`, and
looks all other names up as ever.
"""

import socketserver
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

ASKING: Final = """
import os
import socket

system = socket.getaddrinfo


def ask(host, *arguments, **options):
    if not isinstance(host, str) or not host.rstrip(".").lower().endswith(".test"):
        return system(host, *arguments, **options)
    address, _, port = os.environ["NAMES_AT"].rpartition(":")
    with socket.create_connection((address, int(port))) as asked:
        asked.sendall(host.encode() + b"\\n")
        told = asked.makefile().readline().split()
    if not told:
        raise socket.gaierror(socket.EAI_NONAME, "no such name")
    options = {name: value for name, value in options.items() if name != "flags"}
    return [found for each in told for found in system(each, *arguments, **options)]


socket.getaddrinfo = ask
"""
"""Python imports it before anything else, if it stands as `sitecustomize.py` in the way."""


class Names(socketserver.ThreadingTCPServer):
    """Answers each look-up of a name with its next list of addresses, and with the last one from then on."""

    daemon_threads = True

    def __init__(self, known: Mapping[str, Sequence[Sequence[str]]]) -> None:
        super().__init__(("127.0.0.1", 0), _Question)
        self._known = {name: list(answers) for name, answers in known.items()}
        self._lock = threading.Lock()
        self.asked: list[str] = []
        self.at = f"127.0.0.1:{self.server_address[1]}"

    def answer(self, name: str) -> Sequence[str]:
        """The addresses of the name, this time."""
        with self._lock:
            self.asked.append(name)
            answers = self._known.get(name, [()])
            return answers.pop(0) if len(answers) > 1 else answers[0]


class _Question(socketserver.StreamRequestHandler):
    server: Names

    def handle(self) -> None:
        name = self.rfile.readline().decode().strip().lower().rstrip(".")
        self.wfile.write(" ".join(self.server.answer(name)).encode() + b"\n")


@contextmanager
def naming(
    folder: Path, known: Mapping[str, Sequence[Sequence[str]]]
) -> Iterator[tuple[Names, dict[str, str]]]:
    """The service, and the environment of a process that asks it."""
    (folder / "sitecustomize.py").write_text(ASKING)
    with Names(known) as names:
        thread = threading.Thread(target=names.serve_forever)
        thread.start()
        try:
            yield names, {"PYTHONPATH": str(folder), "NAMES_AT": names.at}
        finally:
            names.shutdown()
            thread.join()
