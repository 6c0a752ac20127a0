"""Names of metrics, products, regions and instances as people of a language read them."""

import re
from ipaddress import ip_address

from bot.cloudmonitor.metrics import METRICS
from bot.cloudmonitor.places import PRODUCTS, REGIONS
from bot.rules.card import Language

_ACCOUNT_SUFFIX = re.compile(r"_\d+$")  # acs_customMetric_1023456789012345
_ALIASES = {"acs_redis": "acs_kvstore", "acs_kubernetes": "acs_k8s", "acs_eip": "acs_vpc_eip"}
_SITE = re.compile(r"taskName=(?P<name>.+?)[，,]\s*address=(?P<address>.+)")
_LISTENER = re.compile(
    r"(?:(?P<protocol>\w+)[，,])?端口：(?P<port>\d+)[，,]"
    r"实例(?:名称)?：(?P<name>[^，,]+)(?:[，,]实例ID：(?P<id>[^，,]+))?"
)


def _in(language: Language, names: tuple[str, str]) -> str:
    return names[1] if language is Language.CHINESE else names[0]


def product_code(project: str) -> str:
    """`acs_ecs`, in lower case, whichever way a kind of message names the product.

    The API's names end in `_dashboard` or `_new`; events and CloudMonitor 2.0 say `ECS`.
    """
    code = _ACCOUNT_SUFFIX.sub("", project).lower()
    code = code.removesuffix("_dashboard").removesuffix("_new")
    code = code if code.startswith("acs_") else f"acs_{code}"
    return _ALIASES.get(code, code)


def metric_name(
    project: str | None, metric: str | None, label: str | None, *, language: Language
) -> str | None:
    """`CPU usage`; the sender's own label where the metric is not in the table."""
    known = METRICS.get(product_code(project or ""), {})
    names = known.get(metric or "") or known.get(label or "")
    return _in(language, names) if names else label or metric


def product_name(project: str | None, language: Language) -> str | None:
    """`ApsaraDB RDS`; the code itself where it is not in the table."""
    if project is None:
        return None
    names = PRODUCTS.get(product_code(project))
    return _in(language, names) if names else project.removeprefix("acs_")


def region_name(region_id: str | None, given: str | None, language: Language) -> str | None:
    """The region in this language; else as the sender names it, in the account's language."""
    names = REGIONS.get(region_id or "")
    return _in(language, names) if names else given or region_id


def instance_label(name: str | None) -> str | None:
    """`web-prod-01 (10.23.4.15)`, `首页 (https://…)`, `x (tcp, 443)`; others as they are."""
    if name is None:
        return None
    if site := _SITE.fullmatch(name):
        return f"{site['name']} ({site['address']})"
    if listener := _listener(name):
        return listener
    head, _, addresses = name.rpartition("/")
    return f"{head} ({addresses})" if head and _are_addresses(addresses) else name


def instance_with_id(name: str | None, number: str) -> str:
    """The same in one line with its id: `crm-db (i-bp1…)`, `web-prod-01 (10.23.4.15, i-bp1…)`."""
    label = instance_label(name)
    if not label or name == number or number in label:
        return label or number
    return f"{label[:-1]}, {number})" if label.endswith(")") else f"{label} ({number})"


def _listener(name: str) -> str | None:
    """A port of a load balancer: `tcp，端口：443，实例：x`, or with its name and its id."""
    found = _LISTENER.fullmatch(name)
    if found is None:
        return None
    facts = (found["protocol"], found["port"], found["id"])
    return f"{found['name']} ({', '.join(fact for fact in facts if fact)})"


def _are_addresses(text: str) -> bool:
    try:
        return all(ip_address(part.strip()) for part in text.split(","))
    except ValueError:
        return False
