"""The stand-in without its server: all that people can do, and all that a test may arrange."""

from bot.local_slack.admin import Admin
from bot.local_slack.forms import Forms


class Stand(Forms, Admin):
    """People's hands and the arranger's, over the same parts."""
