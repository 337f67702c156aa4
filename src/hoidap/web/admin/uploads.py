"""Adding reports: sent in, read apart, shown, confirmed."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterable
from contextlib import ExitStack
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request, Response
from fastapi.responses import RedirectResponse
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect

from hoidap.accounts import Account, actor
from hoidap.beside import beside
from hoidap.catalog import Cause
from hoidap.corpus_folder import safe_name
from hoidap.display import counted
from hoidap.drafts import MAX_FILES, Batch, BatchState, describe_state
from hoidap.errors import HoidapError, OutdatedError, UploadError
from hoidap.plan import Reloaded
from hoidap.reload import By, reload
from hoidap.uploads import Confirmed
from hoidap.web.access import check_origin, check_token, editing, posted
from hoidap.web.admin.working import LINKED, NAMED, PATIENCE, begin, force_of, forcing
from hoidap.web.core import Core
from hoidap.web.errors import (
    ConflictError,
    NotFoundError,
    RequestRefusedError,
    TooLargeError,
)
from hoidap.web.rendering import Page, page
from hoidap.web.work import Done, Kind, Progress

_MB = 1_000_000
# Bytes of a form beside its files: a token, and of each file a name and a few lines.
_AROUND = 64 * 1024
# Bytes beyond the limit that are read and thrown away: a browser whose connection breaks while it
# sends does not show what it is told.
_DRAINED = 1 << 30
# Bytes in which the end of a form is looked for: two hyphens and perhaps a line break.
_END = 8
# Names of files in a line of the journal, in characters.
_NAMES = 200

router = APIRouter(include_in_schema=False)
Number = Annotated[int, Path(ge=0, lt=1 << 48)]


class _TooMuchError(MultiPartException):
    """More came than may be sent at a time."""


class _TooManyError(MultiPartException):
    """More files came than are confirmed together."""


async def _received(request: Request, most: int) -> FormData:
    """The form with its files, which its reader closes; of ``most`` bytes at the most.

    Raises `MultiPartException`.
    """
    stream = request.stream()

    async def counted_stream() -> AsyncGenerator[bytes, None]:
        size, end = 0, b""
        try:
            async for chunk in stream:
                size += len(chunk)
                if size > most:
                    raise _TooMuchError("")
                end = (end + chunk[-_END:])[-_END:]
                yield chunk
        except ClientDisconnect as error:
            raise MultiPartException("") from error
        # The parser takes what is cut off for a form without its last file.
        if not end.rstrip().endswith(b"--"):
            raise MultiPartException("")

    told = request.headers.get("content-length", "0")
    try:
        if told.isdigit() and int(told) > most:
            raise _TooMuchError("")
        parser = MultiPartParser(
            request.headers, counted_stream(), max_files=MAX_FILES, max_part_size=_AROUND
        )
        return await parser.parse()
    except _TooMuchError:
        if told.isdigit() and int(told) <= most + _DRAINED:
            await _drain(stream)
        raise
    except MultiPartException as error:
        # Starlette tells them from others by their words alone.
        if not error.message.startswith("Too many files"):
            raise
        await _drain(stream)
        raise _TooManyError("") from error


async def _drain(stream: AsyncGenerator[bytes, None]) -> None:
    size = 0
    try:
        async for chunk in stream:
            size += len(chunk)
            if size > _DRAINED:
                return
    except ClientDisconnect:
        return


async def _page(request: Request, shown: Page, *, problem: str = "", status: int = 200) -> Response:
    core: Core = request.app.state.core
    return shown.render(
        "admin/uploads.html",
        status=status,
        waiting=await core.run(core.uploads.waiting),
        problem=problem,
        most_files=MAX_FILES,
        most_mb=core.settings.web_upload_mb,
    )


@router.get("/admin/uploads")
async def uploads(
    request: Request,
    account: Annotated[Account, Depends(editing)],
    shown: Annotated[Page, Depends(page)],
) -> Response:
    """The form to send files in, and what waits to be confirmed."""
    return await _page(request, shown)


@router.post("/admin/uploads")
async def send(
    request: Request,
    account: Annotated[Account, Depends(editing)],
    shown: Annotated[Page, Depends(page)],
) -> Response:
    """Take files in and read them; nothing is added yet."""
    core: Core = request.app.state.core
    check_origin(request)
    most = core.settings.web_upload_mb
    try:
        form = await _received(request, most * _MB + _AROUND)
    except _TooMuchError as error:
        raise TooLargeError(shown.admin.too_large.format(size=most)) from error
    except _TooManyError as error:
        raise TooLargeError(shown.admin.too_many.format(count=MAX_FILES)) from error
    except MultiPartException as error:
        raise RequestRefusedError(shown.admin.broken_form) from error
    with ExitStack() as stack:
        stack.callback(_close, form)
        check_token(request, form)
        files = [
            one for one in form.getlist("files") if isinstance(one, UploadFile) and one.filename
        ]
        if not files:
            return await _page(request, shown, problem=shown.admin.no_files, status=400)
        try:
            batch = await core.run(partial(core.uploads.open, actor(account.name)))
        except UploadError as error:
            raise ConflictError(str(error)) from error
        do = partial(_read, core, batch, form, files)
        names = _listed(safe_name(one.filename or "") for one in files)
        response = await begin(request, account, Kind.READ, names, do)
        # Whoever reads the files closes them.
        stack.pop_all()
    return response


def _close(form: FormData) -> None:
    for _, value in form.multi_items():
        if isinstance(value, UploadFile):
            value.file.close()


def _listed(names: Iterable[str]) -> str:
    """Names of files in a line of the journal."""
    line = ", ".join(names)
    return line if len(line) <= _NAMES else f"{line[:_NAMES]}…"


def _read(
    core: Core, batch: Batch, form: FormData, files: list[UploadFile], progress: Progress
) -> Done:
    refused = 0
    try:
        for number, file in enumerate(files):
            progress(number, len(files))
            draft = core.uploads.stage(batch.id, file.filename, file.file.read())
            refused += draft.refusal is not None
    finally:
        _close(form)
    told = f"{len(files) - refused} tệp chờ xác nhận, {refused} không nhận"
    return Done(told, _others(core), page=f"/admin/uploads/{batch.id}")


def _others(core: Core) -> Reloaded | None:
    """What else a reload brings in; None where nobody can tell now."""
    try:
        return beside(reload, core.settings, core.encoder, dry_run=True)
    except HoidapError:
        return None  # the reload itself says so


async def _batch(core: Core, number: int) -> Batch:
    try:
        return await core.run(partial(core.uploads.find, number))
    except UploadError as error:
        raise NotFoundError(str(error)) from error


@router.get("/admin/uploads/{number}")
async def preview(
    request: Request,
    number: Number,
    account: Annotated[Account, Depends(editing)],
    shown: Annotated[Page, Depends(page)],
    plan: str = "",
) -> Response:
    """What was read from the files, to be confirmed; ``plan`` is the work that led here."""
    core: Core = request.app.state.core
    batch = await _batch(core, number)
    reading = await core.run(partial(core.writer.find, plan))
    result = reading.result if reading is not None else None
    return shown.render(
        "admin/upload.html",
        batch=batch,
        is_open=batch.state is BatchState.OPEN,
        state=describe_state(batch),
        problems=result.refused if result is not None else (),
        others=result.reloaded if result is not None else None,
        named=NAMED,
        replacing=any(one.replaced is not None for one in batch.accepted),
    )


@router.post("/admin/uploads/{number}/confirm")
async def confirm(
    request: Request,
    number: Number,
    account: Annotated[Account, Depends(editing)],
    form: Annotated[FormData, Depends(posted)],
    shown: Annotated[Page, Depends(page)],
) -> Response:
    """Add the files to the reports."""
    core: Core = request.app.state.core
    batch = await _batch(core, number)
    if batch.state is not BatchState.OPEN:
        raise ConflictError(describe_state(batch))
    force = force_of(account, form, shown.admin)
    keep_both = form.get("keep_both") == "1"

    def do(progress: Progress) -> Done:
        try:
            with core.metrics.reloading():
                confirmed = core.uploads.confirm(
                    number,
                    core.encoder,
                    by=By(actor(account.name), Cause.ADD),
                    keep_both=keep_both,
                    force=force,
                    wait_s=PATIENCE,
                    progress=progress,
                )
        except OutdatedError as error:
            told, path = str(error), f"/admin/uploads/{number}"
            return Done(f"không xong: {told}", _others(core), refused=(told,), page=path)
        return _done(confirmed)

    about = _listed(one.name for one in batch.accepted)
    fields = {"keep_both": "1"} if keep_both else {}
    forced = forcing(f"/admin/uploads/{number}/confirm", fields)
    return await begin(request, account, Kind.UPLOAD, about, do, forced=forced)


def _done(confirmed: Confirmed) -> Done:
    reports = [one.report_id for entry in confirmed.added for one in entry.reports]
    refused = tuple(
        f"{entry.draft.name}: {entry.refusal}"
        for entry in confirmed.entries
        if entry.refusal is not None
    )
    result = confirmed.reloaded
    return Done(counted(result), result, result.generation, tuple(reports[:LINKED]), refused)


@router.post("/admin/uploads/{number}/drop")
async def drop(
    request: Request,
    number: Number,
    account: Annotated[Account, Depends(editing)],
    form: Annotated[FormData, Depends(posted)],
) -> Response:
    """Drop files that wait to be confirmed."""
    core: Core = request.app.state.core
    try:
        batch = await core.run(partial(core.uploads.cancel, number, actor(account.name)))
    except UploadError as error:
        raise ConflictError(str(error)) from error
    await core.note(account.name, f"bỏ {_listed(one.name for one in batch.drafts)}")
    return RedirectResponse("/admin/uploads", 303)
