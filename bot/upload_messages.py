"""What was read from files that were sent in, and what came of them, as messages."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from bot.messages import cited, shown_time
from bot.richtext import Rich, Tag, bold, joined
from bot.texts import ADMIN, texts_in
from hoidap.documents import Citation, Note
from hoidap.drafts import Batch, Draft, Preview, Related
from hoidap.plan import Reloaded
from hoidap.uploads import Confirmed, Entry
from hoidap.vietnamese.language import Language

_TEXTS = texts_in(Language.VIETNAMESE)
_ENCODINGS = {
    Note.FROM_TCVN3: "TCVN3 (.VnTime)",
    Note.FROM_VNI: "VNI",
    Note.FROM_CP1258: "Windows-1258",
}
# Files of a batch from which on the beginning of each is left out: all must fit a few messages.
_MANY = 6
_MOST_REPORTS = 3
# Characters of the beginning of each where there are several.
_BRIEF = 160


def preview_message(batch: Batch, problems: Sequence[str]) -> Rich:
    """What a batch holds and would do; ``problems`` are lines on files that are not in it."""
    accepted = batch.accepted
    parts: list[Rich | str] = []
    if accepted:
        one = len(accepted) == 1
        head = ADMIN.head_one if one else ADMIN.head_many.format(count=len(accepted))
        parts.append(bold(head))
        parts += [
            _previewed(
                draft, draft.preview, number=None if one else number, brief=len(accepted) >= _MANY
            )
            for number, draft in enumerate(accepted, start=1)
            if draft.preview is not None
        ]
    else:
        parts.append(bold(ADMIN.nothing))
    refused = [f"{one.name}: {one.refusal}" for one in batch.drafts if one.refusal is not None]
    refused += problems
    if refused:
        lines = [f"✖ {line}" for line in refused]
        parts.append(joined((ADMIN.refused, *lines) if accepted else lines))
    if accepted:
        parts.append(ADMIN.waits_until.format(time=shown_time(batch.expires)))
    return joined(parts, "\n\n")


def _previewed(draft: Draft, preview: Preview, *, number: int | None, brief: bool) -> Rich:
    """A draft as its sender must see it to judge it."""
    lines: list[Rich | str] = []
    if preview.reports > 1:
        lines.append(ADMIN.reports.format(count=preview.reports))
    title = bold(preview.title)
    lines.append(title if number is None else Rich(f"{number}. ") + title)
    citation = Citation("", preview.title, preview.day, preview.number, "")
    pages = f" · {ADMIN.pages.format(pages=preview.pages)}" if preview.pages else ""
    lines.append(f"{cited(citation, _TEXTS)}{pages}")
    if preview.source is not None:
        lines.append(ADMIN.issued_by.format(source=preview.source))
    lines.append(ADMIN.file.format(name=draft.name, size=_size(draft.size)))
    lines += [f"⚠ {warning}" for warning in _warnings(draft, preview)]
    if preview.opening and not brief:
        shown = preview.opening if number is None else _shortened(preview.opening)
        lines += [ADMIN.opening, Rich(shown).marked(Tag.QUOTE)]
    return joined(lines)


def _shortened(text: str) -> str:
    return text if len(text) <= _BRIEF else f"{text[:_BRIEF].rsplit(maxsplit=1)[0]}…"


def _warnings(draft: Draft, preview: Preview) -> list[str]:
    warnings = [ADMIN.replaces.format(title=_named(one)) for one in preview.replaces]
    if draft.replaces_file and not preview.replaces:
        warnings.append(ADMIN.replaces_unread)
    if preview.metadata is not None:
        warnings.append(ADMIN.metadata.format(file=preview.metadata))
    if preview.scanned:
        warnings.append(ADMIN.scanned.format(pages=preview.scanned))
    encodings = [_ENCODINGS[note] for note in preview.notes if note in _ENCODINGS]
    warnings += [ADMIN.converted.format(encoding=one) for one in encodings]
    if preview.day is None:
        warnings.append(ADMIN.no_date)
    warnings += [
        ADMIN.similar.format(share=f"{one.share:.0%}", title=_named(one)) for one in preview.similar
    ]
    alike = {one.report_id for one in preview.similar}
    warnings += [
        ADMIN.same_number.format(number=preview.number, title=_named(one))
        for one in preview.same_number
        if one.report_id not in alike
    ]
    if preview.failures:
        count = len(preview.failures) + preview.more_failures
        warnings.append(ADMIN.bad_lines.format(count=count, first=preview.failures[0]))
    return warnings


def _named(related: Related) -> str:
    day = f" ({related.day:%d/%m/%Y})" if related.day is not None else ""
    return f"“{related.title}”{day}"


def _size(size: int) -> str:
    kilobytes = size / 1000
    if kilobytes < 1000:
        return f"{max(1, round(kilobytes))} kB"
    return f"{kilobytes / 1000:.1f} MB".replace(".", ",")


def confirmed_message(done: Confirmed) -> Rich:
    """What came of a batch."""
    added, generation = done.added, done.reloaded.generation
    if len(added) == 1:
        head = ADMIN.added_one.format(generation=generation)
    elif added:
        head = ADMIN.added_many.format(count=len(added), generation=generation)
    else:
        head = ADMIN.added_none.format(generation=generation)
    parts: list[Rich | str] = [bold(head)]
    one = len(added) == 1
    parts += [_entered(entry, None if one else number) for number, entry in enumerate(added, 1)]
    refused = [entry for entry in done.entries if entry.refusal is not None]
    if refused:
        lines = [f"✖ {entry.draft.name}: {entry.refusal}" for entry in refused]
        parts.append(joined((ADMIN.refused, *lines)))
    parts += _left_out(done)
    parts += others(done.reloaded, {entry.draft.file for entry in done.entries})
    parts += _alike(done.reloaded)
    if added:
        parts.append(ADMIN.try_one if one else ADMIN.try_many)
    return joined(parts, "\n\n")


def _left_out(done: Confirmed) -> list[Rich | str]:
    """What of the exports that were added is in no report now."""
    told: list[Rich | str] = []
    for entry in done.added:
        file = entry.draft.file
        reasons = [one.reason for one in done.reloaded.failed if one.file == file]
        if reasons:
            told.append(ADMIN.left_out.format(file=file, count=len(reasons), first=reasons[0]))
    return told


def _entered(entry: Entry, number: int | None) -> Rich:
    lines: list[Rich | str] = []
    for order, report in enumerate(entry.reports[:_MOST_REPORTS]):
        title = bold(report.title)
        numbered = number is not None and order == 0
        lines.append(Rich(f"{number}. ") + title if numbered else title)
        lines.append(f"{cited(report, _TEXTS)} · {ADMIN.report_id.format(id=report.report_id)}")
    if len(entry.reports) > _MOST_REPORTS:
        lines.append(ADMIN.more_reports.format(count=len(entry.reports) - _MOST_REPORTS))
    return joined(lines)


def others(result: Reloaded, ours: Collection[str]) -> list[Rich | str]:
    """What a reload did beside the files ``ours``; empty where that is nothing."""
    counts = {
        name: len(set(files).difference(ours))
        for name, files in (
            ("added", result.added),
            ("changed", result.changed),
            ("removed", result.removed),
        )
    }
    told: list[Rich | str] = [ADMIN.others.format(**counts)] if any(counts.values()) else []
    return told + emptied(result)


def emptied(result: Reloaded) -> list[Rich | str]:
    """The folders that lost all their reports, each with what to do unless that was meant."""
    return [
        bold(ADMIN.emptied.format(folder=one.folder, count=one.reports)) for one in result.emptied
    ]


def _alike(result: Reloaded) -> list[Rich | str]:
    """The reports that a reload found to be nearly the same as others."""
    lines = [
        ADMIN.alike.format(report=one.report, share=f"{one.share:.0%}", other=one.other)
        for one in result.similar
    ]
    return [joined(lines)] if lines else []
