"""What a check of `tocsin doctor` found, and how it is printed."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One check. `remedy` says how to mend it, and is there exactly when it is wrong."""

    check: str
    says: str
    remedy: str | None = None

    @property
    def wrong(self) -> bool:
        """Whether somebody has to do something."""
        return self.remedy is not None


def as_text(findings: Iterable[Finding]) -> str:
    """For people: a line a check, and below a wrong one how to mend it."""
    return "\n".join(_lines(finding) for finding in findings)


def as_json(findings: Iterable[Finding]) -> str:
    """For machines."""
    listed = list(findings)
    checks = [{"ok": not finding.wrong, **asdict(finding)} for finding in listed]
    ok = not any(finding.wrong for finding in listed)
    return json.dumps({"ok": ok, "checks": checks}, indent=2, ensure_ascii=False)


def _lines(finding: Finding) -> str:
    mark = "WRONG" if finding.wrong else "ok"
    line = f"{mark:<6} {finding.check}: {finding.says}"
    return f"{line}\n       mend it: {finding.remedy}" if finding.remedy else line
