"""Names of metrics, products, regions and instances as people of a language read them."""

import re

from bot.cloudmonitor.metrics import METRICS
from bot.cloudmonitor.places import PRODUCTS, REGIONS
from bot.rules.card import Language

_ACCOUNT_SUFFIX = re.compile(r"_\d+$")  # acs_customMetric_1023456789012345
_SITE = re.compile(r"taskName=(?P<name>.*?)[，,]\s*address=(?P<address>.*)")


def _in(language: Language, names: tuple[str, str]) -> str:
    return names[1] if language is Language.CHINESE else names[0]


def _product_code(project: str) -> str:
    """The callback's name of a product; the API's name ends in `_dashboard` or `_new`."""
    return _ACCOUNT_SUFFIX.sub("", project).removesuffix("_dashboard").removesuffix("_new")


def metric_name(
    project: str | None, metric: str | None, label: str | None, *, language: Language
) -> str | None:
    """`CPU usage`; the sender's own label where the metric is not in the table."""
    known = METRICS.get(_product_code(project or ""), {})
    names = known.get(metric or "") or known.get(label or "")
    return _in(language, names) if names else label or metric


def product_name(project: str | None, language: Language) -> str | None:
    """`ApsaraDB RDS`; the code itself where it is not in the table."""
    if project is None:
        return None
    names = PRODUCTS.get(_product_code(project).lower())
    return _in(language, names) if names else project.removeprefix("acs_")


def region_name(region_id: str | None, given: str | None, language: Language) -> str | None:
    """The region in this language; else as the sender names it, in the account's language."""
    names = REGIONS.get(region_id or "")
    return _in(language, names) if names else given or region_id


def instance_label(name: str | None) -> str | None:
    """`web-prod-01 (10.23.4.15)`; site monitors as `首页 (https://…)`; others as they are."""
    if name is None:
        return None
    if site := _SITE.fullmatch(name):
        return f"{site['name']} ({site['address']})"
    head, slash, address = name.partition("/")
    is_address = slash and re.fullmatch(r"[0-9a-fA-F.:,]+", address)
    return f"{head} ({address})" if is_address and head else name
