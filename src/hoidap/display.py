"""Answers and reports as JSON for programs and as text for a terminal."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from rich.console import Group, RenderableType
from rich.text import Text

from hoidap.documents import Answer, Citation, Note, PlaceNote, Quote, Report, Status
from hoidap.index.manifest import sizes
from hoidap.loaders import READABLE
from hoidap.place_notes import place_sentence
from hoidap.settings import LOCAL, Settings
from hoidap.vietnamese.language import Language

if TYPE_CHECKING:  # each is loaded by the command that shows it
    from hoidap.backup import BackedUp
    from hoidap.catalog import Generation, Step
    from hoidap.doctor.findings import Finding
    from hoidap.encoder import Encoder
    from hoidap.evaluation import Abstention, Evaluation, Scores
    from hoidap.migration import Migrated
    from hoidap.plan import Reloaded
    from hoidap.restore import Restored

# Texts for readers, in the language of the question.
_TEXTS = {
    Language.VIETNAMESE: {
        "partial": "Báo cáo không ghi rõ: {terms}. Đoạn liên quan nhất:",
        "not_found": "Không tìm thấy câu trả lời trong các báo cáo.",
        "nearest": "Báo cáo gần nhất với câu hỏi:",
        "source": "Nguồn: {source}",
        "page": "trang {page}",
        "ocr": "chữ đọc từ bản chụp, có thể sai",
        "number": "số {number}",
        "id": "mã {id}",
        "sentence": "Câu đáng chú ý: {sentence}",
        "marked": "Trong đó: {parts}",
    },
    Language.ENGLISH: {
        "partial": "The report does not state: {terms}. The nearest passage, in the original:",
        "not_found": "No answer was found in the reports.",
        "nearest": "Reports nearest to the question:",
        "source": "Source: {source}",
        "page": "page {page}",
        "ocr": "read from a scan, may hold errors",
        "number": "no. {number}",
        "id": "id {id}",
        "sentence": "Most relevant sentence: {sentence}",
        "marked": "In it: {parts}",
    },
}


def _texts(language: str) -> dict[str, str]:
    return _TEXTS[Language.ENGLISH if language == Language.ENGLISH else Language.VIETNAMESE]


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day is not None else None


def _quote_json(quote: Quote) -> dict[str, Any]:
    return {
        "report_id": quote.citation.report_id,
        "title": quote.citation.title,
        "date": _iso(quote.citation.date),
        "number": quote.citation.number,
        "source": quote.citation.source,
        "page": quote.page,
        "text": quote.text,
        "start": quote.start,
        "end": quote.end,
        "highlights": [list(span) for span in quote.highlights],
        "score": round(quote.score, 4),
        "ocr": quote.ocr,
    }


def _place_json(note: PlaceNote) -> dict[str, Any]:
    return asdict(note) | {"former": list(note.former), "since": note.since.isoformat()}


def answer_json(answer: Answer) -> dict[str, Any]:
    """The object that ``hoidap ask --json`` prints."""
    return {
        "question": answer.question,
        "language": answer.language,
        "status": answer.status.value,
        "quotes": [_quote_json(quote) for quote in answer.quotes],
        "missing_terms": list(answer.missing_terms),
        "places": [_place_json(note) for note in answer.places],
        "generation": answer.generation,
        "elapsed_ms": round(answer.elapsed_ms, 2),
    }


def _cited(
    citation: Citation, page: int | None, texts: dict[str, str], *, ocr: bool = False
) -> Text:
    parts = [f"{citation.date:%d/%m/%Y}"] if citation.date is not None else []
    if citation.number is not None:
        parts.append(texts["number"].format(number=citation.number))
    if page is not None:
        parts.append(texts["page"].format(page=page))
    if ocr:
        parts.append(texts["ocr"])
    parts.append(texts["source"].format(source=citation.source))
    parts.append(texts["id"].format(id=citation.report_id))
    return Text(" · ".join(parts), style="dim")


def _quoted(quote: Quote) -> Text:
    """The passage as it stands, its sentence bold, what was asked for in it underlined."""
    text = Text(quote.text)
    for order, (start, end) in enumerate(quote.highlights):
        text.stylize("bold" if order == 0 else "underline", start, end)
    return text


def _named_below(quote: Quote, texts: dict[str, str]) -> list[RenderableType]:
    """What bold and underline would show, as lines of their own."""
    sentence, *marked = [quote.text[start:end] for start, end in quote.highlights] or [""]
    lines: list[RenderableType] = []
    if sentence and sentence != quote.text:
        lines.append(Text(texts["sentence"].format(sentence=sentence)))
    if marked:
        lines.append(Text(texts["marked"].format(parts="; ".join(dict.fromkeys(marked)))))
    return [*lines, Text()] if lines else []


def answer_text(answer: Answer, *, styled: bool) -> RenderableType:
    """An answer for a reader. Where nothing can be ``styled`` the sentence is named below.

    What became of a unit goes before the quotes, which may name it otherwise; that there are no
    districts any more changes nothing in them and goes behind.
    """
    texts = _texts(answer.language)
    units = [note for note in answer.places if note.present is not None]
    districts = [note for note in answer.places if note.present is None]
    parts: list[RenderableType] = [Text(place_sentence(note, answer)) for note in units]
    parts += [Text()] * bool(units)
    if answer.status is Status.PARTIAL:
        parts += [Text(texts["partial"].format(terms=", ".join(answer.missing_terms))), Text()]
    if answer.status is Status.NOT_FOUND:
        parts.append(Text(texts["not_found"]))
        if answer.nearest:
            parts.append(Text(texts["nearest"]))
        for citation in answer.nearest:
            parts += [Text(f"- {citation.title}"), Text("  ") + _cited(citation, None, texts)]
    for order, quote in enumerate(answer.quotes, start=1):
        parts.append(Text(f"[{order}] {quote.citation.title}", style="bold cyan"))
        cited = _cited(quote.citation, quote.page, texts, ocr=quote.ocr)
        parts += [cited, Text(), _quoted(quote), Text()]
        if not styled:
            parts += _named_below(quote, texts)
    parts += [Text(place_sentence(note, answer)) for note in districts]
    return Group(*parts)


# Reports or files named of each kind; the rest is counted.
_NAMED = 10


def reloaded_json(result: Reloaded) -> dict[str, Any]:
    """The object that ``hoidap reload --json`` prints."""
    told = asdict(result)
    # Of use to the buttons of bot and page alone.
    del told["digest"]
    return told


def counted(result: Reloaded) -> str:
    """A reload in a line of the journal."""
    forced = f", bỏ qua {len(result.golden)} câu hỏi kiểm tra" if result.golden else ""
    return (
        f"thế hệ {result.generation}: {len(result.added)} thêm, {len(result.changed)} thay đổi,"
        f" {len(result.removed)} gỡ bỏ, {len(result.failed)} lỗi{forced}"
    )


def reloaded_text(result: Reloaded, *, dry_run: bool) -> RenderableType:
    """What a reload did, or would do."""
    lines = [
        Text(
            f"CHÚ Ý: thư mục {one.folder} không còn báo cáo nào, trước đó có {one.reports}; nếu"
            " không cố ý bỏ (ổ đĩa hay thư mục mạng chưa gắn?), hãy gắn lại, chép lại rồi nạp lại"
        )
        for one in result.emptied
    ]
    for label, files in (
        ("Thêm", result.added),
        ("Thay đổi", result.changed),
        ("Gỡ bỏ", result.removed),
    ):
        lines += [Text(f"{label}: {file}") for file in files]
    lines += [Text(f"Lỗi: {failure.file}: {failure.reason}") for failure in result.failed]
    lines += [Text(f"Trùng: {one.file} là bản sao của {one.of}") for one in result.duplicates]
    lines += [
        Text(f"Gần giống: báo cáo {one.report} giống {one.share:.0%} báo cáo {one.other}")
        for one in result.similar
    ]
    lines += [Text(f"Câu hỏi kiểm tra không đạt, đã bỏ qua: {one}") for one in result.golden]
    if result.passed_over:
        rest = len(result.passed_over) - _NAMED
        more = f" và {rest} tệp nữa" if rest > 0 else ""
        named = ", ".join(result.passed_over[:_NAMED])
        lines.append(Text(f"Không đọc, vì không phải định dạng báo cáo: {named}{more}; {READABLE}"))
    counts = (
        f"{len(result.added)} thêm, {len(result.changed)} thay đổi, {len(result.removed)} gỡ bỏ,"
        f" {len(result.unchanged)} giữ nguyên, {len(result.failed)} lỗi"
    )
    end = "chưa ghi gì (--dry-run)" if dry_run else f"thế hệ {result.generation}"
    return Group(*lines, Text(f"{counts}; {end}"))


# What a generation was made by, by the values of `hoidap.catalog.Cause`.
_CAUSES = {
    "reload": "nạp lại",
    "add": "thêm báo cáo",
    "remove": "gỡ báo cáo",
    "rollback": "quay về",
    "rebuild": "lập lại chỉ mục",
}


def step_json(step: Step) -> dict[str, Any]:
    """The object that ``hoidap history --json`` prints for a generation."""
    generation = step.generation
    return {
        "generation": generation.number,
        "created": generation.created.isoformat(),
        "action": generation.cause,
        "by": generation.actor,
        "forced": generation.forced,
        "reports": generation.reports,
        "passages": generation.passages,
        "added": list(step.added),
        "changed": list(step.changed),
        "removed": list(step.removed),
    }


def step_text(step: Step) -> RenderableType:
    """A generation and what it changed, for a reader."""
    generation = step.generation
    parts = [f"{generation.created.astimezone():%d/%m/%Y %H:%M:%S}"]
    if generation.cause is not None:
        parts.append(_CAUSES[generation.cause])
    if generation.actor:
        parts.append(generation.actor)
    if generation.forced:
        parts.append("bỏ qua câu hỏi kiểm tra")
    parts.append(f"{generation.reports} báo cáo, {generation.passages} đoạn")
    lines = [Text(f"Thế hệ {generation.number}: {' · '.join(parts)}")]
    for label, ids in (
        ("thêm", step.added),
        ("thay đổi", step.changed),
        ("gỡ bỏ", step.removed),
    ):
        if ids:
            more = f" và {len(ids) - _NAMED} báo cáo nữa" if len(ids) > _NAMED else ""
            lines.append(Text(f"  {label}: {', '.join(ids[:_NAMED])}{more}"))
    return Group(*lines)


# How a text was read, by what is noted of it.
_READ = {
    Note.FROM_TCVN3: "đổi từ bảng mã TCVN3 sang Unicode",
    Note.FROM_VNI: "đổi từ bảng mã VNI sang Unicode",
    Note.FROM_CP1258: "đổi từ bảng mã Windows-1258 sang Unicode",
    Note.OCR: "đọc bằng máy từ bản chụp (OCR), có thể sai chữ",
}


def report_text(report: Report) -> RenderableType:
    """A report with its metadata."""
    rows = (
        ("Mã", report.id),
        ("Tệp", report.file),
        ("Ngày", f"{report.date:%d/%m/%Y}" if report.date is not None else None),
        ("Số", report.number),
        ("Nơi", report.place),
        ("Loại", report.kind),
        ("Nguồn", report.source),
        ("Cách đọc", "; ".join(_READ[note] for note in report.notes) or None),
        ("Trang đọc từ bản chụp", ", ".join(map(str, report.scanned)) or None),
    )
    head = [Text(f"{label}: {value}", style="dim") for label, value in rows if value is not None]
    return Group(Text(report.title, style="bold cyan"), *head, Text(), Text(report.text))


def status_json(
    settings: Settings, generation: Generation | None, encoder: Encoder
) -> dict[str, Any]:
    """The object that ``hoidap status --json`` prints; sizes in bytes."""
    number = generation.number if generation is not None else 0
    return {
        "generation": number,
        "created": generation.created.isoformat() if generation is not None else None,
        "reports": generation.reports if generation is not None else 0,
        "passages": generation.passages if generation is not None else 0,
        "encoder": encoder.name,
        "encoder_path": settings.encoder_path,
        "corpus": str(settings.reports_path),
        "data": str(settings.data),
        "index": settings.index,
        # What lies on a server is the server's to tell.
        "index_bytes": (sizes(settings.generation_path(number)) if settings.index == LOCAL else {}),
    }


def status_text(status: dict[str, Any]) -> RenderableType:
    """The same for a reader."""
    sizes = ", ".join(
        f"{name} {size:,} byte".replace(",", ".")
        for name, size in status["index_bytes"].items()
        if size
    )
    created = status["created"]
    rows = (
        ("Thế hệ", status["generation"] or "chưa có; hãy chạy: hoidap reload"),
        ("Lập lúc", _local(created) if created is not None else "-"),
        ("Báo cáo", status["reports"]),
        ("Đoạn", status["passages"]),
        ("Bộ mã hóa", f"{status['encoder']} ({status['encoder_path']})"),
        ("Thư mục báo cáo", status["corpus"]),
        ("Thư mục dữ liệu", status["data"]),
        ("Chỉ mục", f"{status['index']}; {sizes}" if sizes else status["index"]),
    )
    return Group(*(Text(f"{label}: {value}") for label, value in rows))


def _local(time: str) -> str:
    """A time that JSON tells, as a reader's clock shows it."""
    return f"{datetime.fromisoformat(time).astimezone():%d/%m/%Y %H:%M:%S}"


def _scores_json(scores: Scores) -> dict[str, float]:
    row = {
        "ndcg@10": scores.ndcg,
        "mrr@10": scores.mrr,
        "recall@10": scores.recall,
        "p@1": scores.p1,
        "query_ms_p50": scores.query_ms_p50,
        "query_ms_p95": scores.query_ms_p95,
    }
    if scores.answer_in_top_sentence is not None:
        row["answer_in_top_sentence"] = scores.answer_in_top_sentence
    return {name: round(value, 4) for name, value in row.items()}


def evaluation_json(result: Evaluation) -> dict[str, Any]:
    """The object that ``hoidap eval --json`` prints."""
    return {
        "questions": result.questions,
        "passages": result.passages,
        "systems": {
            system.value: _scores_json(scores) for system, scores in result.systems.items()
        },
    }


def evaluation_text(result: Evaluation, name: str) -> RenderableType:
    """The scores as a table, quality in percent, times in milliseconds."""
    from rich.table import Table

    table = Table(title=f"{name}: {result.questions} câu hỏi, {result.passages} tài liệu")
    columns = {system.value: _scores_json(scores) for system, scores in result.systems.items()}
    table.add_column("")
    for system in columns:
        table.add_column(system, justify="right")
    for measure in next(iter(columns.values())):
        values = [scores[measure] for scores in columns.values()]
        in_ms = "_ms_" in measure
        table.add_row(measure, *(f"{value if in_ms else 100 * value:.1f}" for value in values))
    return table


def abstention_json(result: Abstention) -> dict[str, Any]:
    """The object that ``hoidap eval --abstention --json`` prints; all shares from 0 to 1."""
    return {
        name: round(value, 4) if isinstance(value, float) else value
        for name, value in asdict(result).items()
    }


def abstention_text(result: Abstention, name: str) -> RenderableType:
    """How well questions without an answer are told, in sentences."""
    return Text(
        f"{name}: {result.questions} câu hỏi, mỗi câu hỏi khi có và khi không có đoạn trả lời\n"
        f"AUROC {100 * result.auroc:.1f}\n"
        f"ngưỡng {result.threshold:.3f}: trả lời chín phần mười câu có đáp án,"
        f" {100 * result.false_answers:.1f} % câu không có đáp án\n"
        f"ngưỡng đang đặt {result.setting:.3f}: trả lời {100 * result.answered_now:.1f} % câu có"
        f" đáp án, {100 * result.false_answers_now:.1f} % câu không có đáp án"
    )


def backup_json(result: BackedUp) -> dict[str, Any]:
    """The object that ``hoidap backup --json`` prints; sizes in bytes."""
    manifest = result.manifest
    return {
        "path": str(result.path),
        "size": result.size,
        "created": manifest.created.isoformat(),
        "generation": manifest.generation,
        "reports": manifest.reports,
        "passages": manifest.passages,
        "files": len(manifest.files),
        "left_out": list(result.left_out),
        "removed": [str(path) for path in result.removed],
    }


def backup_text(result: BackedUp) -> RenderableType:
    """The same for a reader."""
    manifest = result.manifest
    lines = [
        f"Đã sao lưu vào {result.path} ({_readable(result.size)}): thế hệ {manifest.generation},"
        f" {manifest.reports} báo cáo, {len(manifest.files)} tệp.",
        "Tệp này có nhật ký và tài khoản: hãy giữ ở nơi chỉ người quản trị đọc được.",
        *(f"Đã xóa bản cũ {path.name}" for path in result.removed),
    ]
    return Group(*map(Text, lines))


def restored_json(result: Restored) -> dict[str, Any]:
    """The object that ``hoidap restore --json`` prints."""
    manifest = result.manifest
    return {
        "created": manifest.created.isoformat(),
        "hoidap": manifest.hoidap,
        "generation": result.generation,
        "reports": manifest.reports,
        "passages": manifest.passages,
        "files": len(manifest.files),
        "aside": [str(path) for path in result.aside],
        "golden": list(result.golden),
    }


def restored_text(result: Restored) -> RenderableType:
    """The same for a reader."""
    manifest = result.manifest
    lines = [
        f"Đã khôi phục bản sao lưu lúc {manifest.created.astimezone():%d/%m/%Y %H:%M}:"
        f" {manifest.reports} báo cáo, {manifest.passages} đoạn, {len(manifest.files)} tệp.",
        f"Đã lập lại chỉ mục; nay là thế hệ {result.generation}.",
        *(f"Dữ liệu cũ được giữ ở {path}" for path in result.aside),
        "Hãy khởi động lại bot và trang.",
    ]
    return Group(*map(Text, lines))


def migrated_json(result: Migrated) -> dict[str, Any]:
    """The object that ``hoidap migrate --json`` prints."""
    return asdict(result)


def migrated_text(result: Migrated) -> RenderableType:
    """The same for a reader."""
    # What this machine keeps of an index on a server makes room for that of another server's.
    kept = LOCAL in (result.source, result.target)
    left = "chỉ mục cũ còn nguyên" if kept else "muốn quay lại thì phải chuyển lần nữa"
    lines = [
        f"Đã chuyển chỉ mục thế hệ {result.generation} ({result.passages} đoạn) từ {result.source}"
        f" sang {result.target}.",
        f"Hãy đặt HOIDAP_INDEX={result.target} rồi khởi động lại bot và trang; {left}.",
    ]
    return Group(*map(Text, lines))


# How a finding begins, in a form that is told without colours, and its style.
_MARKS = {"ok": ("✓", "green"), "warning": ("!", "yellow"), "failure": ("✗", "bold red")}


def finding_json(finding: Finding) -> dict[str, Any]:
    """The object that ``hoidap doctor --json`` prints for each thing it looked at."""
    return asdict(finding)


def finding_text(finding: Finding) -> RenderableType:
    """The same for a reader."""
    mark, style = _MARKS[finding.state]
    head = Text.assemble((f"{mark} {finding.subject.vietnamese}: ", style), finding.vietnamese)
    return Group(head, Text(f"  {finding.subject}: {finding.english}", style="dim"))


def _readable(size: int) -> str:
    """Bytes in a unit that leaves few digits, with the decimal comma of Vietnamese."""
    if size < 1_000_000:
        return f"{size / 1000:.0f} kB"
    return f"{size / 1_000_000:.1f} MB".replace(".", ",")
