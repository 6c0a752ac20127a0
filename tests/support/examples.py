"""How often a property is tried: a fifth of the examples in `make test`, all in `make slow`.

The examples are the same in every run, so that no run fails by chance; to look for new ones:
`make slow ARGS=--hypothesis-profile=new`.
"""

from hypothesis import HealthCheck, settings

FEW, ALL, NEW = "few", "all", "new"
SHARE = 5

# A machine that is busy is no fault of the code: neither time is limited. Fixtures are asked for
# only where examples may share them.
_SLOW = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture)


def register_profiles() -> None:
    """`few` from here on, unless pytest is told another one by `--hypothesis-profile`."""
    settings.register_profile(
        FEW,
        max_examples=100 // SHARE,
        deadline=None,
        derandomize=True,
        suppress_health_check=_SLOW,
    )
    settings.register_profile(ALL, settings.get_profile(FEW), max_examples=100)
    settings.register_profile(NEW, settings.get_profile(ALL), derandomize=False)
    settings.load_profile(FEW)


def tried(times: int) -> settings:
    """A property that is tried so many times, or a fifth as often."""
    few = settings.get_current_profile_name() == FEW
    return settings(max_examples=-(-times // SHARE) if few else times)
