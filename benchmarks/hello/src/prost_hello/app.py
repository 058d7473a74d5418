"""A bare Falcon application: one resource, and the readiness that the stack asks for."""

import falcon.asgi


class _Says:
    def __init__(self, text: str) -> None:
        self._text = text

    async def on_get(self, _req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        resp.content_type = falcon.MEDIA_TEXT
        resp.text = self._text


def create_app() -> falcon.asgi.App[falcon.asgi.Request, falcon.asgi.Response]:
    """Make the web application."""
    app = falcon.asgi.App()
    app.add_route("/", _Says("hello"))
    app.add_route("/health/ready", _Says("ready"))
    return app
