import selectors
import socket
import threading
from contextlib import suppress

import pytest

from prost.testing.servers import free_port


@pytest.fixture
def unused_port():
    return free_port()


class Cable:
    """A way to a server that can be pulled out and plugged in again; `port` is its near end."""

    def __init__(self, target):
        self._target = target
        self.port = free_port()
        self._stop = threading.Event()
        self._thread = None
        self.plug_in()

    def plug_in(self):
        self._stop.clear()
        listener = socket.create_server(("127.0.0.1", self.port))
        self._thread = threading.Thread(target=self._carry, args=(listener,), daemon=True)
        self._thread.start()

    def pull(self):
        self._stop.set()
        if self._thread:
            self._thread.join()
            self._thread = None

    def _carry(self, listener):
        partners = {}
        with selectors.DefaultSelector() as selector:
            selector.register(listener, selectors.EVENT_READ)
            while not self._stop.is_set():
                for key, _ in selector.select(0.05):
                    if key.fileobj is listener:
                        near, _address = listener.accept()
                        far = socket.create_connection(self._target)
                        partners |= {near: far, far: near}
                        selector.register(near, selectors.EVENT_READ)
                        selector.register(far, selectors.EVENT_READ)
                    elif key.fileobj in partners:
                        self._move(key.fileobj, partners, selector)
        for end in (listener, *partners):
            end.close()

    def _move(self, end, partners, selector):
        data = b""
        with suppress(OSError):
            data = end.recv(65536)
        if data:
            with suppress(OSError):
                partners[end].sendall(data)
            return
        for each in (end, partners[end]):
            selector.unregister(each)
            del partners[each]
            each.close()


@pytest.fixture
def cable():
    cables = []

    def lay(host, port):
        cables.append(Cable((host, port)))
        return cables[-1]

    yield lay
    for each in cables:
        each.pull()
