"""Requests that are answered before their body is read: the rest is discarded, so that the connection can be closed."""

import asyncio

from local.ministack.asgi import Asgi, Message, Receive, Scope, Send


def discard_unread_bodies(app: Asgi) -> Asgi:
    """The app, which may answer without reading the body, but reads nothing of it once it answers.

    Hypercorn passes a body on through a bounded queue. While that is full, it can't even close the connection.
    """
    discarding = set[asyncio.Task[None]]()  # the loop itself does not keep tasks

    async def wrapped_app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        complete = discards = False

        async def receive_and_note() -> Message:
            nonlocal complete
            message = await receive()
            complete = not message.get("more_body", False)
            return message

        async def discard() -> None:
            while not complete:
                await receive_and_note()

        def discard_rest() -> None:
            nonlocal discards
            if not (complete or discards):
                discards = True
                task = asyncio.create_task(discard())
                discarding.add(task)
                task.add_done_callback(discarding.discard)

        async def send_and_discard(message: Message) -> None:
            discard_rest()
            await send(message)

        try:
            await app(scope, receive_and_note, send_and_discard)
        finally:
            discard_rest()

    return wrapped_app
