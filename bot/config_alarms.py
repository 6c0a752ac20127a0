"""The settings of how alarms are shown, kept and watched over; the others stand in `config`."""

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, Field

from bot import setting_texts as texts


class AlarmSettings(BaseModel, frozen=True, extra="ignore"):
    """What becomes of alarms. None is required."""

    language: Annotated[Literal["en", "zh"], BeforeValidator(texts.one_of("en", "zh"))] = Field(
        default="en", alias="TOCSIN_LANGUAGE", description="Language of the cards: en or zh."
    )
    console: Annotated[
        Literal["china", "international"],
        BeforeValidator(texts.one_of("china", "international")),
    ] = Field(
        default="china",
        alias="TOCSIN_CONSOLE",
        description="Alibaba Cloud site that links on cards lead to: china or international.",
    )
    reopen_window: Annotated[timedelta, BeforeValidator(texts.duration)] = Field(
        default=timedelta(minutes=10),
        alias="TOCSIN_REOPEN_WINDOW",
        description="How long after a recovery a new firing reopens the same card: 90s, 10m, 1h.",
    )
    thread: Annotated[
        Literal["off", "short", "full"], BeforeValidator(texts.one_of("off", "short", "full"))
    ] = Field(
        default="short",
        alias="TOCSIN_THREAD",
        description="What the threads of cards are told: off (only what is said aloud), short "
        "(changes of state) or full (everything).",
    )
    aloud: Annotated[
        Literal["critical", "warn", "info", "never"],
        BeforeValidator(texts.one_of("critical", "warn", "info", "never")),
    ] = Field(
        default="critical",
        alias="TOCSIN_ALOUD",
        description="From which severity on recoveries and escalations are shown in the channel "
        "as well: critical, warn, info or never.",
    )
    fallback: Annotated[str, BeforeValidator(texts.channel)] | None = Field(
        default=None,
        alias="TOCSIN_FALLBACK_CHANNEL",
        description="Channel that gets the cards of a channel which Slack refuses, until it is "
        "mended. Not set: TOCSIN_CHANNEL.",
    )
    on_unclear: Annotated[
        Literal["repeat", "hold"], BeforeValidator(texts.one_of("repeat", "hold"))
    ] = Field(
        default="repeat",
        alias="TOCSIN_ON_UNCLEAR",
        description="What becomes of a card whose post had no clear outcome where the bot may "
        "not read the channel: repeat (rather twice than never) or hold (until it may).",
    )
    storm_limit: Annotated[int, BeforeValidator(texts.count)] = Field(
        default=20,
        alias="TOCSIN_STORM",
        description="New incidents a minute in one channel above which a storm card takes over; "
        "0: never.",
    )
    flapping: Annotated[tuple[int, timedelta], BeforeValidator(texts.changes)] | None = Field(
        default=None,
        alias="TOCSIN_FLAPPING",
        description="From how many changes of state on an alarm is marked as flapping and pings "
        "no more until it is calm, such as 4 in 1h; on: 4 in 1h. Not set: none is.",
    )
    keep: Annotated[timedelta, BeforeValidator(texts.age)] | None = Field(
        default=None,
        alias="TOCSIN_KEEP",
        description="How long incidents that are over are kept, such as 90d. Not set: for ever.",
    )
    keep_most: Annotated[int, BeforeValidator(texts.count)] | None = Field(
        default=None,
        alias="TOCSIN_KEEP_MOST",
        description="How many of the newest incidents are kept. Not set: all.",
    )
