"""The canary's way: a POST to our own public address, like CloudMonitor's."""

from bot.outside.calls import post
from bot.rules.canary import body_of


class Canary:
    """Flies to one address, which may be inside a network: it is our own."""

    def __init__(self, url: str) -> None:
        """`url` holds the canary's token: it must never be logged."""
        self._url = url

    async def fly(self, number: str) -> str | None:
        """Why it was not accepted, in a few words; None when it was."""
        headers = {"content-type": "application/json", "user-agent": "tocsin-canary"}
        return await post(self._url, body_of(number), headers, public_only=False)
