"""The one table of what to do when Slack says no: from Slack's error words to remedies.

Nothing else in the program may compare an error word, but `views` for what becomes of views.
Sources: Slack's method pages of
chat.postMessage, chat.update, conversations.history, conversations.replies, and its page of
errors that every method knows (docs.slack.dev/reference/methods).
"""

from enum import StrEnum

from bot.errors import TocsinError
from bot.rules.card import Language
from bot.slack.words import Words


class Remedy(StrEnum):
    """What the delivery loop does next."""

    WAIT = "wait"  # too fast: nobody's fault, `retry_after` says how long
    TRY_AGAIN = "try_again"  # nothing happened: the same again, later
    RECONCILE = "reconcile"  # it may have happened: look before saying it again
    POST_ANEW = "post_anew"  # the message cannot be edited, or looked for: post
    SEND_PLAINLY = "send_plainly"  # our payload was refused: send the text alone
    UNTHREAD = "unthread"  # no reply can stand there: say it in the channel
    STOP_CHANNEL = "stop_channel"  # a person must mend the channel
    STOP_ALL = "stop_all"  # a person must mend the installation


class Call(StrEnum):
    """What we were doing: an unclear outcome only matters where saying it twice shows."""

    POST = "post"
    EDIT = "edit"
    READ = "read"
    WHISPER = "whisper"
    VIEW = "view"
    FILE = "file"


class SlackFailure(TocsinError):
    """Slack did not do what was asked."""

    def __init__(
        self,
        word: str,
        remedy: Remedy,
        *,
        retry_after: float | None = None,
        needed: str | None = None,
        detail: tuple[str, ...] = (),
        spoken: bool = False,
    ) -> None:
        """`word` is Slack's, or ours for what has none (`timeout`, `http_503`).

        `retry_after` in seconds, set exactly when the remedy is WAIT; `needed` is a missing
        scope; `detail` holds Slack's JSON pointers into a refused payload. `spoken`: Slack
        itself refused this one call; else it could not be reached, or was in trouble.
        """
        super().__init__(f"Slack: {word}; {remedy.value}")
        self.word = word
        self.remedy = remedy
        self.retry_after = retry_after
        self.needed = needed
        self.detail = detail
        self.spoken = spoken


_WORDS: dict[Remedy, str] = {
    Remedy.WAIT: "ratelimited rate_limited",
    Remedy.TRY_AGAIN: """
        service_unavailable team_added_to_org org_login_required update_failed
        external_channel_migrating streaming_state_conflict""",
    Remedy.RECONCILE: """
        internal_error fatal_error request_timeout
        duplicate_channel_not_found duplicate_message_not_found""",
    Remedy.POST_ANEW: """
        message_not_found cant_update_message edit_window_closed block_mismatch
        cant_broadcast_message no_dual_broadcast_content_update""",
    # The last six lines concern files, drafts and the like, which we never send: if Slack
    # finds them in a card after all, the text alone certainly has none.
    Remedy.SEND_PLAINLY: """
        invalid_blocks invalid_blocks_format msg_blocks_too_long msg_too_long no_text
        too_many_attachments attachment_payload_limit_exceeded invalid_attachments
        markdown_text_conflict metadata_too_large invalid_metadata_format
        invalid_metadata_schema metadata_must_be_sent_from_app invalid_arguments
        as_user_not_supported send_on_behalf_not_allowed too_many_contact_cards
        draft_already_deleted draft_already_sent draft_has_conflict draft_not_found
        blocked_file_type file_deleted file_is_deleted file_not_found missing_file_data
        file_share_limit_reached max_file_sharing_exceeded unable_to_share_files
        posting_to_channel_denied slack_connect_blocked_file_type
        slack_connect_canvas_sharing_blocked slack_connect_clip_sharing_blocked
        slack_connect_file_link_sharing_blocked slack_connect_file_upload_sharing_blocked
        slack_connect_lists_sharing_blocked""",
    Remedy.UNTHREAD: """
        cannot_reply_to_message restricted_action_non_threadable_channel
        restricted_action_thread_locked thread_not_found""",
    # is_inactive: what an edit hears in an archived channel. The message is still there, and
    # would stay as it is beside a new one.
    Remedy.STOP_CHANNEL: """
        channel_not_found not_in_channel is_archived is_inactive restricted_action
        restricted_action_read_only_channel restricted_action_thread_only_channel
        messages_tab_disabled ekm_access_denied no_permission message_limit_exceeded
        team_not_found method_not_supported_for_channel_type channel_is_limited_access""",
    Remedy.STOP_ALL: """
        token_revoked token_expired account_inactive invalid_auth not_authed missing_scope
        not_allowed_token_type access_denied app_access_restricted team_access_not_granted
        two_factor_setup_required enterprise_is_restricted""",
}
REMEDIES = {word: remedy for remedy, words in _WORDS.items() for word in words.split()}

# Without the right to read we cannot look for a card whose post had no clear outcome. Better
# an alarm shown twice than never.
_CANNOT_LOOK = "missing_scope no_permission access_denied not_allowed_token_type"


def remedy_of(word: str, call: Call) -> Remedy:
    """What to do about an error word; an unknown one means try again."""
    remedy = REMEDIES.get(word, Remedy.TRY_AGAIN)
    if call is Call.READ and (remedy is Remedy.STOP_CHANNEL or word in _CANNOT_LOOK.split()):
        return Remedy.POST_ANEW
    if call is not Call.POST and remedy is Remedy.RECONCILE:
        return Remedy.TRY_AGAIN
    return remedy


def remedy_text(word: str, language: Language, *, needed: str | None = None) -> str:
    """How a person mends it, as plain text; every word that stops something has its own."""
    return remedy_in(word, Words.of(language), needed=needed)


def remedy_in(word: str, words: Words, *, needed: str | None = None) -> str:
    """The same in words at hand."""
    if word == "missing_scope" and needed:
        return words.say("remedies.missing_scope_named", needed=needed)
    key = f"remedies.{word}"
    return words.say(key) if key in words else words.say("remedies.unknown", word=word)
