"""Slack's rate limits: one post a second per channel, and a tier per method.

Burst sizes are unpublished, so a tier is a sliding minute and a channel is a bucket with a
small burst that a test may set. Off unless switched on. It must never make a caller wait:
over the limit means 429 with the seconds to wait.
"""

import math
from collections import deque
from dataclasses import dataclass, field

POSTS_PER_SECOND = 1.0
POST_BURST = 3  # unpublished; small, so that a sender that does not pace itself is caught
WINDOW = 60.0  # tiers are said per minute

TIER_2, TIER_3, TIER_4 = 20, 50, 100
SPECIAL = 600  # auth.test and chat.getPermalink: "hundreds per minute"

PER_MINUTE = {
    "apps.connections.open": TIER_3,
    "auth.test": SPECIAL,
    "bots.info": TIER_3,
    "chat.delete": TIER_3,
    "chat.getPermalink": SPECIAL,
    "chat.postEphemeral": TIER_4,
    "chat.update": TIER_3,
    "conversations.history": TIER_3,
    "conversations.info": TIER_3,
    "conversations.join": TIER_3,
    "conversations.list": TIER_2,
    "conversations.members": TIER_4,
    "conversations.open": TIER_3,
    "conversations.replies": TIER_3,
    "files.completeUploadExternal": TIER_4,
    "files.getUploadURLExternal": TIER_4,
    "files.info": TIER_4,
    "oauth.v2.access": SPECIAL,
    "reactions.add": TIER_3,
    "reactions.remove": TIER_2,
    "team.info": TIER_3,
    "usergroups.list": TIER_2,
    "usergroups.users.list": TIER_2,
    "users.info": TIER_4,
    "users.list": TIER_2,
    "users.lookupByEmail": TIER_3,
    "views.open": TIER_4,
    "views.publish": TIER_4,
    "views.push": TIER_4,
    "views.update": TIER_4,
}


@dataclass
class Bucket:
    """Tokens that refill with time; a post takes one."""

    tokens: float
    at: float


@dataclass
class Limits:
    """The counters. `per_minute` may be changed per method, the rate and burst of posts too."""

    on: bool = False
    posts_per_second: float = POSTS_PER_SECOND
    post_burst: int = POST_BURST
    per_minute: dict[str, int] = field(default_factory=lambda: dict(PER_MINUTE))
    _posts: dict[str, Bucket] = field(default_factory=dict[str, Bucket])
    _calls: dict[str, deque[float]] = field(default_factory=dict[str, deque[float]])

    def wait_for_call(self, method: str, now: float) -> int:
        """Whole seconds until this method may be called again; 0 = it may now, and is counted."""
        if not self.on or method not in self.per_minute:
            return 0
        calls = self._calls.setdefault(method, deque())
        while calls and calls[0] <= now - WINDOW:
            calls.popleft()
        if len(calls) >= self.per_minute[method]:
            return max(1, math.ceil(calls[0] + WINDOW - now))
        calls.append(now)
        return 0

    def wait_for_post(self, channel: str, now: float) -> int:
        """Whole seconds until the channel takes another post; 0 = now, and it is counted."""
        if not self.on:
            return 0
        bucket = self._posts.setdefault(channel, Bucket(self.post_burst, now))
        gained = (now - bucket.at) * self.posts_per_second
        bucket.tokens = min(float(self.post_burst), bucket.tokens + gained)
        bucket.at = now
        if bucket.tokens < 1:
            return max(1, math.ceil((1 - bucket.tokens) / self.posts_per_second))
        bucket.tokens -= 1
        return 0

    def forget(self) -> None:
        """Start counting anew; the settings stay."""
        self._posts.clear()
        self._calls.clear()
