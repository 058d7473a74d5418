"""Serves localstripe with what it leaves out of Stripe's API and this service uses.

That is idempotency keys, under which the first answer is given again, and the page to which a customer is
sent for 3-D Secure when a return_url was given.
"""

from aiohttp import web
from localstripe import server
from localstripe.resources import PaymentIntent

answers = {}
create = PaymentIntent._api_create


def create_with_return_url(return_url=None, **data):
    """Make a PaymentIntent that says where its customer has to go."""
    intent = create(**data)
    if intent.next_action is not None and return_url is not None:
        page = {"url": f"https://hooks.stripe.test/{intent.id}", "return_url": return_url}
        intent.next_action = {"type": "redirect_to_url", "redirect_to_url": page}
    return intent


@web.middleware
async def remember(request, handler):
    """Answer a key as it was answered first."""
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return await handler(request)
    if key not in answers:
        answer = await handler(request)
        answers[key] = (answer.status, answer.body)
    status, body = answers[key]
    return web.Response(status=status, body=body, content_type="application/json")


PaymentIntent._api_create = staticmethod(create_with_return_url)
server.app.middlewares.insert(0, remember)

if __name__ == "__main__":
    server.start()
