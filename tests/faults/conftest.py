"""The towns of the stories, for faults."""

from tests.stories.conftest import each_town, either_town, small_town

__all__ = ["each_town", "either_town", "small_town"]
