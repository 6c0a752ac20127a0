"""What a card says, put together from the store's values and CloudMonitor's names and links."""

from collections import Counter
from datetime import timedelta

from bot.cloudmonitor import links, names, values
from bot.rules.alarm import Alarm
from bot.rules.card import (
    CardFace,
    GroupCard,
    IncidentCard,
    Labels,
    Language,
    MuteCard,
    NamedGroup,
    NoticeCard,
    StormCard,
)
from bot.rules.dependency import ALONE, Family
from bot.rules.grouping import Common, View
from bot.rules.incident import Incident
from bot.rules.job import CardJob, NoteJob
from bot.rules.mute import Mute
from bot.rules.storm import GROUPS_SHOWN, Group, Overview, Storm

PLACES_SHOWN = 5  # products and regions that a storm card names


def face_of(job: CardJob, consoles: links.Consoles = links.CHINA_SITE) -> CardFace:
    """The values of a claimed card, ready to be rendered; links lead to one site's console."""
    subject = job.subject
    if subject.notice is not None:
        return NoticeCard(job.card_id, subject.notice, late_by=job.late_by, stand_in=job.stand_in)
    if subject.group is not None:
        return group_face(job.card_id, subject.group, job.language, late_by=job.late_by)
    if subject.storm is not None:
        return storm_face(job.card_id, *subject.storm, job.language)
    if subject.mute is not None and subject.incident is None:
        return MuteCard(job.card_id, subject.mute, worst=_worst(subject.mute, job.language))
    if subject.incident is None or subject.alarm is None:
        raise LookupError(f"card {job.card_id} has no subject")
    return IncidentCard(
        card_id=job.card_id,
        incident=subject.incident,
        alarm=subject.alarm,
        labels=labels_of(subject.incident, subject.alarm, job.language),
        links=links.links_of(subject.alarm, since=subject.incident.opened_at, consoles=consoles),
        late_by=job.late_by,
        mute=subject.mute if subject.incident.is_open else None,
        stand_in=job.stand_in,
        family=subject.family,
    )


def incident_face(
    incident: Incident,
    alarm: Alarm,
    card_id: str,
    language: Language,
    family: Family | None = None,
) -> IncidentCard:
    """An incident for somebody who asks, in their language."""
    labels = labels_of(incident, alarm, language)
    return IncidentCard(card_id, incident, alarm, labels, family=family or ALONE)


def _worst(mute: Mute, language: Language) -> str | None:
    if mute.hidden is None or mute.hidden.worst is None:
        return None
    return values.format_value(mute.hidden.worst, mute.hidden.unit, language)


def storm_face(card_id: str, storm: Storm, overview: Overview, language: Language) -> StormCard:
    """A storm with names for people; only the worst groups are named."""
    by_product: Counter[str] = Counter()
    by_region: Counter[str] = Counter()
    for one in overview.groups:
        by_product[names.product_name(one.project, language) or one.project or ""] += one.firing
        region = names.region_name(one.region_id, None, language)
        by_region[region or one.region_id or ""] += one.firing
    named = [_named(one, language) for one in overview.groups if one.firing][:GROUPS_SHOWN]
    return StormCard(
        card_id=card_id,
        storm=storm,
        overview=overview,
        groups=tuple(named),
        products=_most(by_product),
        regions=_most(by_region),
    )


def _named(group: Group, language: Language) -> NamedGroup:
    return NamedGroup(
        group,
        product=names.product_name(group.project, language) or group.project,
        region=names.region_name(group.region_id, None, language) or group.region_id,
    )


def _most(counted: Counter[str]) -> tuple[tuple[str, int], ...]:
    found = sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))
    return tuple((name, count) for name, count in found if name and count)[:PLACES_SHOWN]


def group_face(
    card_id: str, view: View, language: Language, *, late_by: timedelta | None = None
) -> GroupCard:
    """A group with names for people."""
    firing = [one for one in view.rules if one.firing][:GROUPS_SHOWN]
    return GroupCard(
        card_id=card_id,
        group=view.group,
        common=common_texts(view.group.common, language),
        tally=view.tally,
        members=tuple(
            IncidentCard("", incident, alarm, labels_of(incident, alarm, language))
            for incident, alarm in view.members
        ),
        rules=tuple(_named(one, language) for one in firing),
        late_by=late_by,
    )


def common_texts(common: Common, language: Language) -> Common:
    """What the members of a group have in common, as people of this language name it."""
    return tuple((field, _common(field, text, language)) for field, text in common)


def _common(field: str, text: str, language: Language) -> str:
    match field:
        case "project":
            return names.product_name(text, language) or text
        case "region":
            return names.region_name(text, None, language) or text
        case "instance":
            return names.instance_label(text) or text
        case _:
            return text


def member_name(alarm: Alarm, common: Common) -> str:
    """What tells a member from the others: its name, unless that is what they have in common."""
    fields = {field for field, _ in common}
    label = names.instance_label(alarm.instance_name) or alarm.instance
    told = [] if fields & {"rule", "alarm"} else [alarm.name]
    return " · ".join(filter(None, [*told, *([] if "instance" in fields else [label])]))


def instance_line(alarm: Alarm) -> str:
    """Its instance for a list: the name, if one was told, with the id."""
    return names.instance_with_id(alarm.instance_name, alarm.instance)


def labels_of(incident: Incident, alarm: Alarm, language: Language) -> Labels:
    """Names and values as people of this language read them."""

    def value(number: float | None) -> str | None:
        return None if number is None else values.format_value(number, alarm.unit, language)

    limit = incident.threshold.limit if incident.threshold else None
    return Labels(
        metric=names.metric_name(
            alarm.project, alarm.metric, alarm.metric_label, language=language
        ),
        product=names.product_name(alarm.project, language),
        instance=names.instance_label(alarm.instance_name),
        region=names.region_name(alarm.region_id, alarm.region_name, language),
        first_value=value(incident.first_value),
        last_value=value(incident.last_value),
        worst_value=value(incident.worst_value),
        recovery_value=value(incident.recovery_value),
        limit=value(limit),
    )


def note_name(job: NoteJob) -> str:
    """What a note speaks of: one rule watches many instances, and a push shows this line alone."""
    return member_name(job.alarm, ()) if job.alarm else job.note.text or ""


def note_value(job: NoteJob) -> str | None:
    """The value a note speaks of, with its unit."""
    number = job.note.value
    if number is None or job.alarm is None:
        return None
    return values.format_value(number, job.alarm.unit, job.language)
