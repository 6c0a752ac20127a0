"""What a card says, put together from the store's values and CloudMonitor's names and links."""

from datetime import timedelta

from bot.cloudmonitor import links, names, values
from bot.rules.alarm import Alarm
from bot.rules.card import CardFace, IncidentCard, Labels, Language, NoticeCard
from bot.rules.incident import Incident
from bot.rules.job import CardJob, NoteJob

MONTH = timedelta(days=30)


def face_of(job: CardJob, consoles: links.Consoles = links.CHINA_SITE) -> CardFace:
    """The values of a claimed card, ready to be rendered; links lead to one site's console."""
    subject = job.subject
    if subject.notice is not None:
        return NoticeCard(job.card_id, subject.notice, late_by=job.late_by)
    if subject.incident is None or subject.alarm is None:
        raise LookupError(f"card {job.card_id} has no subject")
    return IncidentCard(
        card_id=job.card_id,
        incident=subject.incident,
        alarm=subject.alarm,
        labels=labels_of(subject.incident, subject.alarm, job.language),
        links=links.links_of(subject.alarm, since=subject.incident.opened_at, consoles=consoles),
        late_by=job.late_by,
    )


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


def note_value(job: NoteJob) -> str | None:
    """The value a note speaks of, with its unit."""
    number = job.note.value
    return None if number is None else values.format_value(number, job.alarm.unit, job.language)
