"""What several tests of datasets need: servers on this machine."""

import http.server
import threading

import pytest

from tests.vision.datasets.servers import Plain


@pytest.fixture
def serve():
    """A function that starts a server for a folder: `.url`, and `.asked`, what was asked of it."""
    servers = []

    def start(folder, handler=Plain, sends=None, length=None, delay=0.5, shift=0):
        def handle(*args):
            return handler(*args, directory=str(folder))

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handle)
        server.asked, server.sends, server.length, server.delay, server.shift = [], sends, length, delay, shift
        servers.append(server)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        server.url = f"http://127.0.0.1:{server.server_port}/"
        return server

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()
