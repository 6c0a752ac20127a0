"""Modals and App Home: triggers, the stack, submissions and their answers."""

from typing import Any

import pytest
from aiohttp import web
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.local_slack import LocalSlack, NotPossibleError

Json = dict[str, Any]
HERE = "C0ALARMS01"


def words(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def form(title: str = "Mute", **more: Any) -> Json:
    hours = [{"text": words(f"{n} hours"), "value": f"{n}h"} for n in (1, 4)]
    select = {
        "type": "static_select",
        "action_id": "d",
        "options": hours,
        "initial_option": hours[0],
    }
    why = {"type": "plain_text_input", "action_id": "w"}
    return {
        "type": "modal",
        "title": words(title),
        "submit": words("Mute"),
        "callback_id": "mute",
        "private_metadata": "42",
        "blocks": [
            {"type": "input", "block_id": "dur", "label": words("For"), "element": select},
            {"type": "input", "block_id": "why", "label": words("Why"), "element": why},
        ],
        **more,
    }


async def trigger(slack: LocalSlack, app: Any, client: AsyncWebClient) -> str:
    """A fresh trigger id, as a person's click makes it."""
    blocks = [{"type": "actions", "elements": [{"type": "button", "text": words("Open")}]}]
    await client.chat_postMessage(channel=HERE, text="x", blocks=blocks)
    await slack.click("Open")
    return app.got[-1]["trigger_id"]


async def opened(slack: LocalSlack, app: Any, client: AsyncWebClient, **more: Any) -> Json:
    got = await client.views_open(trigger_id=await trigger(slack, app, client), view=form(**more))
    return got["view"]


def answering(app: Any, body: Json | None) -> None:
    async def answer(_payload: Json) -> web.Response:
        return web.Response() if body is None else web.json_response(body)

    app.answer = answer


async def word(call: Any) -> str:
    with pytest.raises(SlackApiError) as caught:
        await call
    return caught.value.response["error"]


async def test_a_trigger_opens_one_modal_within_three_seconds(
    slack: LocalSlack, app: Any, client: AsyncWebClient
):
    used = await trigger(slack, app, client)
    await client.views_open(trigger_id=used, view=form())
    assert await word(client.views_open(trigger_id=used, view=form())) == "exchanged_trigger_id"
    late = await trigger(slack, app, client)
    slack.clock.advance(3.1)
    assert await word(client.views_open(trigger_id=late, view=form())) == "expired_trigger_id"
    assert await word(client.views_open(trigger_id="1.2.x", view=form())) == "invalid_trigger_id"


async def test_inputs_need_a_submit_button(slack: LocalSlack, app: Any, client: AsyncWebClient):
    view = form()
    del view["submit"]
    fresh = await trigger(slack, app, client)
    assert await word(client.views_open(trigger_id=fresh, view=view)) == "invalid_arguments"


async def test_a_view_that_is_too_large_is_refused(
    slack: LocalSlack, app: Any, client: AsyncWebClient
):
    view = form(private_metadata="x" * 250_001)
    fresh = await trigger(slack, app, client)
    assert await word(client.views_open(trigger_id=fresh, view=view)) == "view_too_large"


async def test_a_submission_carries_the_state_and_closes_the_modal(
    slack: LocalSlack, app: Any, client: AsyncWebClient
):
    await opened(slack, app, client)
    await slack.submit({"For": "4 hours", "Why": "deploy"})
    payload = app.got[-1]
    assert payload["type"] == "view_submission"
    assert payload["view"]["private_metadata"] == "42"
    values = payload["view"]["state"]["values"]
    assert values["dur"]["d"]["selected_option"]["value"] == "4h"
    assert values["why"]["w"] == {"type": "plain_text_input", "value": "deploy"}
    assert slack.modal() is None


async def test_initial_values_are_submitted_untouched(
    slack: LocalSlack, app: Any, client: AsyncWebClient
):
    await opened(slack, app, client)
    await slack.submit({"why": "x"})
    values = app.got[-1]["view"]["state"]["values"]
    assert values["dur"]["d"]["selected_option"]["value"] == "1h"


async def test_a_missing_required_input_stops_the_submission(
    slack: LocalSlack, app: Any, client: AsyncWebClient
):
    await opened(slack, app, client)
    before = len(app.got)
    delivery = await slack.submit()
    assert (delivery.ok, len(app.got)) == (False, before)
    view = slack.modal()
    assert view is not None
    assert list(view.errors) == ["why"]


async def test_errors_stay_on_the_form(slack: LocalSlack, app: Any, client: AsyncWebClient):
    await opened(slack, app, client)
    answering(app, {"response_action": "errors", "errors": {"why": "say more"}})
    await slack.submit({"Why": "x"})
    view = slack.modal()
    assert view is not None
    assert view.errors == {"why": "say more"}


async def test_errors_for_an_unknown_block_are_a_failure(
    slack: LocalSlack, app: Any, client: AsyncWebClient
):
    await opened(slack, app, client)
    answering(app, {"response_action": "errors", "errors": {"nowhere": "say more"}})
    assert (await slack.submit({"Why": "x"})).error == "invalid_errors"


async def test_update_push_and_clear_change_the_stack(
    slack: LocalSlack, app: Any, client: AsyncWebClient
):
    await opened(slack, app, client)
    answering(app, {"response_action": "update", "view": form("Second")})
    await slack.submit({"Why": "x"})
    assert [v.body["title"]["text"] for v in slack.modals("ann")] == ["Second"]
    answering(app, {"response_action": "push", "view": form("Third")})
    await slack.submit({"Why": "x"})
    assert [v.body["title"]["text"] for v in slack.modals("ann")] == ["Second", "Third"]
    answering(app, {"response_action": "clear"})
    await slack.submit({"Why": "x"})
    assert slack.modals("ann") == []


async def test_the_stack_is_three_deep(slack: LocalSlack, app: Any, client: AsyncWebClient):
    await opened(slack, app, client)
    answering(app, {"response_action": "push", "view": form()})
    for _ in range(2):
        await slack.submit({"Why": "x"})
    assert (await slack.submit({"Why": "x"})).error == "push_limit_reached"


async def test_a_button_in_a_modal_may_push(slack: LocalSlack, app: Any, client: AsyncWebClient):
    button = {"type": "button", "text": words("More"), "action_id": "more"}
    blocks = [{"type": "actions", "elements": [button]}]
    await opened(slack, app, client, blocks=blocks)
    await slack.click_in_modal("More")
    payload = app.got[-1]
    assert payload["container"]["type"] == "view"
    await client.views_push(trigger_id=payload["trigger_id"], view=form())
    assert len(slack.modals("ann")) == 2


async def test_an_update_with_an_old_hash_conflicts(
    slack: LocalSlack, app: Any, client: AsyncWebClient
):
    view = await opened(slack, app, client)
    await client.views_update(view_id=view["id"], view=form("New"), hash=view["hash"])
    stale = client.views_update(view_id=view["id"], view=form(), hash=view["hash"])
    assert await word(stale) == "hash_conflict"
    assert await word(client.views_update(view_id="V0NOTHERE", view=form())) == "not_found"


async def test_an_update_keeps_what_was_typed(slack: LocalSlack, app: Any, client: AsyncWebClient):
    view = await opened(slack, app, client)
    slack.fill({"Why": "typed"})
    await client.views_update(view_id=view["id"], view=form("New"))
    await slack.submit()
    assert app.got[-1]["view"]["state"]["values"]["why"]["w"]["value"] == "typed"


async def test_closing_tells_only_apps_that_asked(
    slack: LocalSlack, app: Any, client: AsyncWebClient
):
    await opened(slack, app, client)
    assert await slack.close_modal() == []
    await opened(slack, app, client, notify_on_close=True)
    await slack.close_modal()
    assert app.got[-1]["type"] == "view_closed"
    assert app.got[-1]["is_cleared"] is False


async def test_a_modal_belongs_to_one_person(slack: LocalSlack, app: Any, client: AsyncWebClient):
    await opened(slack, app, client)
    with pytest.raises(NotPossibleError, match="li has no modal open"):
        await slack.submit({}, by="li")


async def test_an_app_home_is_published_and_pressed(
    slack: LocalSlack, app: Any, client: AsyncWebClient
):
    await slack.open_home(by="li")
    assert app.got[0]["event"]["user"] == "U0LI000001"
    button = {"type": "button", "text": words("Show"), "action_id": "show"}
    home = {"type": "home", "blocks": [{"type": "actions", "elements": [button]}]}
    await client.views_publish(user_id="U0LI000001", view=home)
    await slack.click_in_home("Show", by="li")
    assert app.got[-1]["view"]["type"] == "home"
    assert slack.home("ann") is None


async def test_a_modal_cannot_be_published_as_home(client: AsyncWebClient):
    assert (
        await word(client.views_publish(user_id="U0LI000001", view=form())) == "invalid_arguments"
    )


async def test_an_external_select_asks_the_app(slack: LocalSlack, app: Any, client: AsyncWebClient):
    pick = {"type": "external_select", "action_id": "who", "min_query_length": 1}
    block = {"type": "input", "block_id": "b", "label": words("Who"), "element": pick}
    await opened(slack, app, client, blocks=[block])
    answering(app, {"options": [{"text": words("web-01"), "value": "i-1"}]})
    found = await slack.suggest("who", "web")
    assert [option["value"] for option in found] == ["i-1"]
    assert (app.got[-1]["type"], app.got[-1]["value"]) == ("block_suggestion", "web")
