"""HTTP servers on this machine for tests of downloads: good ones, and those that misbehave in one way each."""

import contextlib
import http.server
import re
import time
from pathlib import Path


class Plain(http.server.SimpleHTTPRequestHandler):
    """Sends whole files, and cannot send a rest."""

    def log_message(self, *args):
        pass

    def do_GET(self):
        self.server.asked.append((self.path, self.headers.get("Range")))
        super().do_GET()

    def content(self):
        return (Path(self.directory) / self.path.lstrip("/")).read_bytes()

    def answer(self, content, length=None, status=200, **headers):
        self.send_response(status)
        self.send_header("Content-Length", str(len(content) if length is None else length))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        with contextlib.suppress(ConnectionError):  # the client may have given up
            self.wfile.write(content)


class Resuming(Plain):
    """Sends the rest that is asked for; breaks off after `server.sends` bytes, if that is set."""

    def do_GET(self):
        asked = self.headers.get("Range")
        self.server.asked.append((self.path, asked))
        content = self.content()
        begin = int(re.fullmatch(r"bytes=(\d+)-", asked)[1]) if asked else 0
        if begin >= len(content) > 0 and asked:
            return self.answer(b"", status=416, Content_Range=f"bytes */{len(content)}")
        rest = content[begin:]
        sent = rest[: self.server.sends]
        if not asked:
            return self.answer(sent, length=len(rest))
        place = f"bytes {begin + self.server.shift}-{len(content) - 1}/{len(content)}"
        return self.answer(sent, length=len(rest), status=206, Content_Range=place)


class Lying(Plain):
    """Announces `server.length` bytes, whatever it sends."""

    def do_GET(self):
        self.server.asked.append((self.path, self.headers.get("Range")))
        self.answer(self.content(), length=self.server.length)


class Chunked(Plain):
    """Sends chunks, without saying how many; the last is missing."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.server.asked.append((self.path, self.headers.get("Range")))
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        content = self.content()[: self.server.sends]
        self.wfile.write(b"%x\r\n%s\r\n" % (len(content), content))
        self.close_connection = True


class Slow(Plain):
    """Answers only after `server.delay` seconds."""

    def do_GET(self):
        self.server.asked.append((self.path, self.headers.get("Range")))
        time.sleep(self.server.delay)
        self.answer(self.content())


class Stalling(Plain):
    """Sends `server.sends` bytes, then nothing for `server.delay` seconds."""

    def do_GET(self):
        self.server.asked.append((self.path, self.headers.get("Range")))
        self.answer(self.content()[: self.server.sends], length=len(self.content()))
        self.wfile.flush()
        time.sleep(self.server.delay)
