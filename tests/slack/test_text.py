"""Outside text on its way into Slack."""

import re
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.slack.text import (
    URL_LIMIT,
    Mrkdwn,
    bold,
    clean,
    code,
    cut,
    cut_mrkdwn,
    escape,
    joined,
    link,
    link_within,
    mention,
    moment,
    safe,
    units,
)
from tests.slack.strategies import nasty

TAGS = re.compile(r"<[^<>]*>|&(?:amp|lt|gt);|`[^`]*`")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("web-prod-01", "web-prod-01"),
        ("a & b < c > d", "a &amp; b &lt; c &gt; d"),
        ("<!channel>", "&lt;!channel&gt;"),
        ("&lt;", "&amp;lt;"),
        ("cpu_total", "cpu_total"),
        ("_cpu_", "`_cpu_`"),
        ("*disk*", "`*disk*`"),
        ("~old~ `x`", "`~old~ ˋxˋ`"),
        ("> 90 percent", "`&gt; 90 percent`"),
        ("tcp:100:80", "`tcp:100:80`"),
        (":fire: sale", "`:fire: sale`"),
        ("2026-05-04T10:30:45Z", "2026-05-04T10:30:45Z"),
        ("two\nlines\there", "two lines here"),
        ("", "–"),
        ("\u200b\u202e", "–"),
    ],
)
def test_outside_text_is_shown_and_never_obeyed(text: str, shown: str) -> None:
    assert safe(text) == shown


def test_text_that_is_mrkdwn_already_is_not_escaped_twice() -> None:
    assert safe(safe("R&D")) == "R&amp;D"
    assert joined(" ", [bold("R&D"), "<x>"]) == "*R&amp;D* &lt;x&gt;"


@pytest.mark.parametrize(
    "hidden", ["\u202e", "\u200b", "\u2066", "\ufeff", "\x00", "\x1b", "\U000e0041", "\ud800"]
)
def test_nothing_invisible_passes_into_a_card(hidden: str) -> None:
    assert hidden not in clean(f"a{hidden}b")


def test_long_text_ends_with_a_mark_that_says_so() -> None:
    assert cut("abcdefgh", 5) == "abcd…"
    assert cut("abcde", 5) == "abcde"


def test_a_cut_never_splits_what_a_reader_sees_as_one() -> None:
    assert cut("aae\u0301bbb", 4) == "aa…"
    assert cut("a🇨🇳🇨🇳", 7) == "a🇨🇳…"
    assert cut("a👍🏽bcd", 5) == "a…"


def test_a_cut_leaves_entities_links_and_code_whole() -> None:
    assert cut_mrkdwn(escape("ab&cdef"), 6) == "ab…"
    assert cut_mrkdwn(Mrkdwn("see <https://x.example|the page> now"), 20) == "see…"
    assert cut_mrkdwn(Mrkdwn("a `code span` and more"), 10) == "a…"


@given(nasty, st.integers(3, 300))
def test_safe_text_is_never_longer_than_its_limit(text: str, limit: int) -> None:
    assert units(safe(text, limit)) <= limit


@given(nasty, st.integers(3, 300))
def test_safe_text_never_holds_a_bare_bracket(text: str, limit: int) -> None:
    shown = safe(text, limit)
    assert "<" not in shown
    assert ">" not in shown
    assert not re.search(r"&(?!(?:amp|lt|gt);)", shown)


@given(nasty, st.integers(3, 300))
def test_formatting_marks_stand_only_inside_code(text: str, limit: int) -> None:
    outside_code = re.sub(r"`[^`]*`", "", safe(text, limit))
    assert not re.search("[*~`]", outside_code)


@given(nasty, st.integers(1, 60))
def test_cut_mrkdwn_keeps_every_tag_balanced(text: str, limit: int) -> None:
    long = joined(" ", [text, link("https://a.example/", "page"), code(text), text])
    shown = cut_mrkdwn(long, limit)
    assert units(shown) <= limit
    assert not re.search("[<>`]", TAGS.sub("", shown))


@pytest.mark.parametrize(
    "url",
    [
        "http://a.example/",
        "javascript:alert(1)",
        "https://a.example/a|b",
        "https://a.example/<x>",
        "https://a.example/a b",
        "https://a.example/\u202e",
        "https://a.example/" + "x" * URL_LIMIT,
    ],
)
def test_an_address_that_cannot_stand_in_a_link_is_left_out(url: str) -> None:
    assert link(url, "page") == "page"


def test_a_link_shows_its_label_and_escapes_both() -> None:
    assert link("https://a.example/?a=1&b=2", "R&D") == "<https://a.example/?a=1&amp;b=2|R&amp;D>"


def test_a_time_falls_back_to_utc_and_names_the_zone() -> None:
    at = datetime(2026, 5, 4, 12, 2, tzinfo=timezone(timedelta(hours=8)))
    assert moment(at, "{time}") == "<!date^1777867320^{time}|2026-05-04 04:02 UTC>"
    assert moment(at, "{time}") == moment(at.astimezone(UTC), "{time}")


def test_only_an_id_of_slack_becomes_a_mention() -> None:
    assert mention("U024BE7LH", "ann") == "<@U024BE7LH>"
    assert mention("U1|x> <!channel", "ann") == "ann"
    assert mention("api:deploy", "<deploy>") == "&lt;deploy&gt;"


def test_a_link_within_slack_may_do_without_tls_and_no_other_may() -> None:
    assert link_within("http://127.0.0.1:1/archives/C1/p1", "#1") == (
        "<http://127.0.0.1:1/archives/C1/p1|#1>"
    )
    assert link("http://evil.example", "x") == "x"
    for url in ("javascript:alert(1)", "http://a|b", "http://a>b", "slack://x", "http://a b"):
        assert link_within(url, "#1") == "#1"
