"""Block Kit's rules, written from Slack's reference pages; `validate.py` is the way in."""
