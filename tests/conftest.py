"""What tests everywhere need: torchvision's Python part as a reference, and servers on this machine.

The torch of the tests is without torchvision's own operators.
"""

from __future__ import annotations

import http.server
import threading

import pytest
import torch

from tests.servers import Plain

_register_fake = torch.library.register_fake


def _pass_over_torchvision(op, *args, **kwargs):
    """torch.library.register_fake, but for the operators that are compiled into torchvision's binary part."""
    if isinstance(op, str) and op.startswith("torchvision::"):
        return lambda function: function
    return _register_fake(op, *args, **kwargs)


torch.library.register_fake = _pass_over_torchvision


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
