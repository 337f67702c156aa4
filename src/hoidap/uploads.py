"""Adding reports that someone sends in: looked at, shown, confirmed, live, or taken back.

The way of a file is the same from Telegram and from the page::

    uploads = Uploads(settings)
    batch = uploads.open(who)                      # who: as `hoidap.reload.By` names an actor
    draft = uploads.stage(batch.id, "bc.docx", data)   # read apart, kept; a preview or a refusal
    batch = uploads.find(batch.id)                 # to show, also after a restart
    uploads.confirm(batch.id, encoder, by=By(who, Cause.ADD))   # or uploads.cancel(batch.id, who)

`Uploads.stage` and `Uploads.confirm` take long, and belong in a thread: a scan of a hundred pages
takes minutes. What is wrong with one file is its draft's ``refusal``; what goes wrong with a batch
is an `UploadError` with one line for the reader. Who may do what is for the caller to say, and so
is the journal: nothing is written there by this module.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from hoidap.catalog import Catalog, Original
from hoidap.complaints import refusal
from hoidap.corpus_folder import as_spelled, forget_former, free_name, put_back, safe_name
from hoidap.documents import Citation, Report
from hoidap.drafts import Batch, BatchState, Draft, DraftStore, Preview, Related
from hoidap.encoder import Encoder
from hoidap.errors import LoaderError, OutdatedError, UploadError
from hoidap.intake import Added, Incoming, take_in
from hoidap.loaders import is_metadata_file, load_file, suffix_for
from hoidap.loaders.files import metadata_path
from hoidap.loaders.isolation import MAX_FILE
from hoidap.originals import identify
from hoidap.plan import Reloaded, file_fingerprint, is_bulk
from hoidap.regular_files import read_regular
from hoidap.reload import By, Progress, generation_of
from hoidap.settings import Settings
from hoidap.similarity import ALIKE, alike, candidates, parts, sketches
from hoidap.vietnamese.text import nfc

# Characters of a report that a preview shows: enough to see whether it was read well.
_OPENING = 400
# Characters of a line that belongs to a paragraph rather than to the head of a document, and lines
# within which such a one is looked for.
_PARAGRAPH = 80
_HEAD_LINES = 60
_NAMELESS = "bao-cao"
_MOST_RELATED = 3
_MOST_FAILURES = 20


@dataclass(frozen=True, slots=True)
class Entry:
    """What became of a draft: the ``reports`` that its file holds now, or why there are none."""

    draft: Draft
    reports: tuple[Citation, ...] = ()
    refusal: str | None = None


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What came of a batch: an entry for each draft, and the whole of what the reload did."""

    batch: Batch
    entries: tuple[Entry, ...]
    reloaded: Reloaded

    @property
    def added(self) -> tuple[Entry, ...]:
        """The entries that are reports now."""
        return tuple(one for one in self.entries if one.refusal is None)


class Uploads:
    """The files that wait to be confirmed. Safe for use by several threads and processes."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._catalog = Catalog(settings.catalog_path)
        self._store = DraftStore(settings.uploads_path, self._recovered)

    def open(self, who: str) -> Batch:
        """A new batch, empty. Raises `UploadError`."""
        return self._store.open(who)

    def find(self, batch_id: int) -> Batch:
        """A batch as it is now, whatever became of it.

        Raises `UploadError` where nothing is remembered of it.
        """
        return self._store.find(batch_id)

    def waiting(self) -> list[Batch]:
        """The open batches that hold a draft, newest first. Raises `UploadError`."""
        return self._store.waiting()

    def stage(self, batch_id: int, name: str | None, data: bytes) -> Draft:
        """Read a file, keep it in an open batch, and say what it is.

        ``name`` is what its sender calls it and may be anything. A file that cannot be added comes
        back with its ``refusal``, and is not kept. Raises `UploadError` where the batch is not open
        any more, or there is no room for the file.
        """
        self._store.check_room(batch_id, len(data))
        # Word's own files, which begin so, are passed over in the reports folder.
        shown = safe_name((name or "").removeprefix("~$"))
        batch = self._store.find(batch_id)
        draft = self._looked_at(shown, data, {one.file for one in batch.drafts})
        return self._store.append(batch_id, draft, data)

    def cancel(self, batch_id: int, by: str) -> Batch:
        """Drop an open batch with its files. Raises `UploadError`."""
        return self._store.cancel(batch_id, by)

    def confirm(
        self,
        batch_id: int,
        encoder: Encoder,
        *,
        by: By,
        keep_both: bool = False,
        force: bool = False,
        wait_s: float = 0.0,
        progress: Progress = lambda _done, _total: None,
    ) -> Confirmed:
        """Put the files of an open batch into the reports folder and reload.

        With ``keep_both`` a file whose name is taken gets another name instead of replacing what is
        there. Where the reload fails, or golden questions do and it is not ``force``, the files are
        taken out again, what they replaced is put back, and the batch is open as before.
        Raises `OutdatedError` where something else would be replaced than was shown: the previews
        are then made anew. Raises `UploadError`, and what `hoidap.reload.reload` raises.
        """
        try:
            added, batch = self._added(
                batch_id,
                encoder,
                by=by,
                keep_both=keep_both,
                force=force,
                wait_s=wait_s,
                progress=progress,
            )
        except OutdatedError:
            self._store.revise(batch_id, self._outdated(self._store.find(batch_id)))
            raise
        entries = tuple(self._entry(draft, added) for draft in batch.drafts)
        return Confirmed(batch, entries, added.reloaded)

    def _added(
        self,
        batch_id: int,
        encoder: Encoder,
        *,
        by: By,
        keep_both: bool,
        force: bool,
        wait_s: float,
        progress: Progress,
    ) -> tuple[Added, Batch]:
        """What taking in the files of an open batch did, and the batch as it ended."""
        with self._store.confirming(batch_id, by.actor) as end:
            batch = self._planned(self._store.find(batch_id), keep_both=keep_both)
            folder = self._settings.reports_path
            added = take_in(
                self._settings,
                encoder,
                [
                    Incoming(folder / one.file, self._store.read(batch_id, one))
                    for one in batch.accepted
                ],
                apart=True,
                overwrite=True,
                force=force,
                by=by,
                wait_s=wait_s,
                progress=progress,
            )
            return added, end(added.reloaded.generation)

    # --- looking at a file ---

    def _looked_at(self, name: str, data: bytes, taken: set[str]) -> Draft:
        """A file as a draft that has no number yet; ``taken`` are the names of others."""
        digest = identify(data).sha256
        try:
            file, preview, replaced = self._read(name, data, taken)
        except LoaderError as error:
            return Draft(0, name or _NAMELESS, "", len(data), digest, refusal=str(error))
        return Draft(0, name or file, file, len(data), digest, preview, replaced=replaced)

    def _outdated(self, batch: Batch) -> Iterator[Draft]:
        """Those drafts of a batch in whose place something else lies now, looked at again."""
        for draft in batch.accepted:
            if _is_as_shown(draft, _content(self._settings.reports_path / draft.file)):
                continue
            others = {one.file for one in batch.accepted if one is not draft}
            fresh = self._looked_at(nfc(draft.file), self._store.read(batch.id, draft), others)
            yield replace(fresh, number=draft.number, name=draft.name)

    def _read(self, name: str, data: bytes, taken: set[str]) -> tuple[str, Preview, str | None]:
        """Where a file goes, what it holds, and the hash of what lies there.

        Raises `LoaderError`.
        """
        if len(data) > MAX_FILE:
            raise LoaderError(f"tệp quá lớn, nhiều nhất {MAX_FILE // 1_000_000} MB")
        if is_metadata_file(Path(name)):
            raise LoaderError(
                "là tệp thông tin, không phải báo cáo; hãy đặt cạnh báo cáo trên máy chủ"
            )
        suffix = suffix_for(data, name)
        stem = PurePosixPath(name).stem if PurePosixPath(name).suffix.lower() == suffix else name
        file = f"{stem or _NAMELESS}{suffix}"
        folder = self._settings.reports_path
        if file in set(map(nfc, taken)):
            file = free_name(file, {*map(nfc, taken), *_names(folder)})
        path = as_spelled(folder, file)
        file = path.name
        digest, replaced = identify(data).sha256, _hash(_content(path))
        replaces = self._catalog.of_file(file) if replaced is not None else []
        known = replaces if replaced == digest else self._catalog.read_from(digest)
        if known:
            raise LoaderError(f"đã có trong kho: báo cáo “{known[0].title}”")
        # The lines of an export say all themselves.
        metadata = None if is_bulk(file) else _metadata(path)
        loaded = load_file(data, file, metadata)
        first = loaded.reports[0]
        own = {one.report_id for one in replaces}
        numbered = self._catalog.numbered(first.number) if first.number is not None else []
        preview = Preview(
            title=first.title,
            day=first.date,
            number=first.number,
            source=first.source,
            kind=first.kind,
            pages=len(first.pages),
            scanned=len(first.scanned),
            notes=first.notes,
            opening=_opening(first.text),
            reports=len(loaded.reports),
            failures=loaded.failures[:_MOST_FAILURES],
            replaces=_related(replaces),
            same_number=_related([one for one in numbered if one.report_id not in own]),
            similar=self._similar(first, own),
            metadata=None if metadata is None else metadata_path(path).name,
            more_failures=len(loaded.failures[_MOST_FAILURES:]),
        )
        return file, preview, replaced

    def _similar(self, report: Report, without: set[str]) -> tuple[Related, ...]:
        """The reports that are nearly the same, the most alike first."""
        if self._catalog.generation() is None:
            return ()
        sketch = next(sketches([report.text]))
        versions, table = self._catalog.sketches(parts(sketch))
        # The pairs are with the first of those alike, so that there are few.
        pairs = candidates([*table, sketch], 1)
        found = []
        for other in sorted({versions[place] for _, place in pairs}):
            report_id, text = self._catalog.version(other)
            share = alike(report.text, text)
            if share >= ALIKE and report_id not in without:
                known = self._catalog.report(report_id)
                found.append(Related(report_id, known.title, known.date, share))
        return tuple(sorted(found, key=lambda one: -one.share))[:_MOST_RELATED]

    # --- adding a batch ---

    def _planned(self, batch: Batch, *, keep_both: bool) -> Batch:
        """The batch with where its drafts go, written down with what they are about to replace.

        Raises `UploadError`.
        """
        if not batch.accepted:
            raise UploadError("lượt này không có tệp nào thêm được")
        folder = self._settings.reports_path
        taken = {nfc(one.file) for one in batch.accepted}
        drafts: list[Draft] = []
        former: dict[int, bytes] = {}
        for draft in batch.drafts:
            if keep_both and draft.replaces_file:
                file = free_name(nfc(draft.file), {*taken, *_names(folder)})
                taken.add(file)
                draft = replace(draft, file=file, replaced=None)
            if draft.refusal is None:
                there = _content(folder / draft.file)
                if there is not None:
                    former[draft.number] = there
                if not _is_as_shown(draft, there):
                    raise OutdatedError(
                        f"tệp {draft.file} trong thư mục báo cáo đã đổi từ lúc xem trước;"
                        " chưa thêm gì, hãy xem lại"
                    )
            drafts.append(draft)
        planned = replace(batch, drafts=tuple(drafts))
        self._store.prepare(planned, former)
        return planned

    def _entry(self, draft: Draft, added: Added) -> Entry:
        if draft.refusal is not None:
            return Entry(draft, refusal=draft.refusal)
        for copy in added.reloaded.duplicates:
            if copy.file == draft.file:
                return Entry(draft, refusal=f"là bản sao của {copy.of}, đã có trong kho")
        if draft.file in added.refused:
            reasons = (one.reason for one in added.reloaded.failed if one.file == draft.file)
            return Entry(draft, refusal=next(reasons, "không đọc được"))
        reports = tuple(self._catalog.of_file(draft.file))
        return Entry(draft, reports, None if reports else "không có báo cáo nào trong tệp")

    def _recovered(self, batch: Batch) -> Batch:
        """A batch whose process was killed: added if it got so far, else taken back and open."""
        fresh = [draft for draft in batch.accepted if draft.replaced != draft.sha256]
        for draft in fresh:
            forget_former(self._settings.reports_path / draft.file)  # the batch has it, too
        if any(map(self._is_live, fresh)):
            now = datetime.now(UTC)
            generation = generation_of(self._catalog)
            return replace(
                batch, state=BatchState.DONE, ended=now, touched=now, generation=generation
            )
        for draft in fresh:
            path = self._settings.reports_path / draft.file
            if _hash(_content(path)) == draft.sha256:
                put_back(path, self._store.former(batch.id, draft))
        return replace(batch, state=BatchState.OPEN, ended_by=None)

    def _is_live(self, draft: Draft) -> bool:
        """Whether the current generation was made from the folder with this draft in it."""
        if self._catalog.generation() is None:
            return False
        metadata = _metadata(self._settings.reports_path / draft.file)
        fingerprint = file_fingerprint(Original(draft.sha256, draft.size), metadata)
        known = self._catalog.known_files().get(draft.file)
        return known is not None and known.fingerprint == fingerprint


def _is_as_shown(draft: Draft, there: bytes | None) -> bool:
    """Whether what lies in a draft's place is what it was to replace, or the draft already."""
    return _hash(there) in (draft.replaced, draft.sha256)


def _related(citations: Sequence[Citation]) -> tuple[Related, ...]:
    return tuple(Related(one.report_id, one.title, one.date) for one in citations[:_MOST_RELATED])


def _opening(text: str) -> str:
    """Where the paragraphs of a report begin, below the head of the document."""
    start = at = 0
    for line in text.split("\n", _HEAD_LINES)[:_HEAD_LINES]:
        if len(line) >= _PARAGRAPH:
            start = at
            break
        at += len(line) + 1
    shown = text[start : start + _OPENING]
    if start + _OPENING < len(text):
        shown = shown.rsplit(maxsplit=1)[0] + "…"
    return shown.strip()


def _content(path: Path) -> bytes | None:
    """What a file of the reports folder holds; None where it is not there. Raises `UploadError`."""
    try:
        return read_regular(path)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise UploadError(f"không đọc được {path}: {refusal(error)}") from error


def _hash(data: bytes | None) -> str | None:
    return None if data is None else identify(data).sha256


def _metadata(path: Path) -> bytes | None:
    """What is known of a file of that name beside its text."""
    return _content(metadata_path(path))


def _names(folder: Path) -> set[str]:
    """The names in the reports folder, composed."""
    return {nfc(path.name) for path in folder.iterdir()} if folder.is_dir() else set()
