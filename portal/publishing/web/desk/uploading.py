"""From an uploaded file to a preview that is kept, before anything is a draft."""

from __future__ import annotations

from dataclasses import replace

from flask_wtf.file import FileStorage

from portal.accounts.web.guard import acting
from portal.foundation.errors import Invalid
from portal.foundation.faults import ImportRefused
from portal.foundation.grids import read_grid
from portal.foundation.i18n import N_, Message, message
from portal.foundation.marked import Words
from portal.publishing.imports.decisions import TO_LOOK
from portal.publishing.imports.mapping import SHIPPED, Mapping, default_mapping, load_mapping, parse_mapping
from portal.publishing.imports.preview import Change
from portal.publishing.imports.writing import write_toml
from portal.publishing.services import ReleaseFacts, saved_mappings, uploads
from portal.publishing.services.uploads import Looked, UploadedFile
from portal.publishing.web.desk.forms import POINT, SAVED, UploadForm
from portal.web import edge
from portal.web.wording import gettext
from portal.web.words import say


def keep_upload(form: UploadForm) -> str:
    """Keep the file, what was typed, and what the file would change; returns the upload's id.

    The file is read and compared before the writing begins. Raises MappingRefused, ReleaseTaken, or Invalid
    naming what is missing.
    """
    mapping, name = _mapping(form)
    facts, given, now = facts_of(form, mapping), form.given, edge.now()
    if given is None:
        kept = uploads.get_upload(edge.reader(), form.kept.data or "")
        file, data = kept.file, uploads.get_data(edge.reader(), kept.id)
    else:
        file, data = given.filename or "", read_once(given)
    upload = UploadedFile(form.kept.data or "", file, facts, mapping, name, {}, None, "", now)
    found = _looked(upload, data)
    session, who, toml = edge.session(), acting(), write_toml(mapping)
    if given is None:
        uploads.change_upload(session, upload.id, actor=who, facts=facts, mapping=toml)
        upload_id = upload.id
    else:
        upload_id = uploads.receive(
            session, file=file, data=data, facts=facts, mapping=toml, mapping_name=name, actor=who, now=now
        )
    if found is not None:
        uploads.keep_preview(session, upload_id, *found)
    return upload_id


def look_again(upload_id: str, mapping: Mapping | None = None) -> None:
    """Work the preview out anew, with another mapping when one is given. Raises ReleaseTaken."""
    upload, data = uploads.get_upload(edge.reader(), upload_id), uploads.get_data(edge.reader(), upload_id)
    if mapping is not None:
        upload = replace(upload, mapping=mapping)
    found = _looked(upload, data)
    session = edge.session()
    if mapping is not None:
        uploads.change_upload(session, upload_id, actor=acting(), mapping=write_toml(mapping))
    if found is not None:
        uploads.keep_preview(session, upload_id, *found)


def _looked(upload: UploadedFile, data: bytes) -> tuple[Looked, list[Change]] | None:
    """What the file would change; None when it has faults, which its page lists."""
    try:
        looked = uploads.look(edge.reader(), upload, data, TO_LOOK, edge.now())
    except ImportRefused:
        return None
    return looked, list(looked.review.changes())


def read_once(given: FileStorage) -> bytes:
    """The bytes of an uploaded file, however often they are asked for."""
    given.stream.seek(0)
    return bytes(given.stream.read())


def keep_file(form: UploadForm) -> None:
    """Keep the file of a form that is shown again, so that it need not be chosen again."""
    given = form.given
    if given is None or form.kept.data or form.form_errors:
        return
    facts = ReleaseFacts(form.slug.data or "", form.names, form.source.data or "", form.licence.data or "")
    form.kept.data = uploads.receive(
        edge.session(),
        file=given.filename or "",
        data=read_once(given),
        facts=facts,
        mapping="",
        mapping_name="",
        actor=acting(),
        now=edge.now(),
    )


def refusal_of(upload: UploadedFile, data: bytes) -> ImportRefused | None:
    """What is wrong in the file of an upload, read anew."""
    try:
        uploads.look(edge.reader(), upload, data, TO_LOOK, edge.now())
    except ImportRefused as refusal:
        return refusal
    return None


def is_sheet(upload: UploadedFile, data: bytes) -> bool:
    """Whether the file has rows at all, so that something in it can be marked or pointed at."""
    form = upload.mapping.file
    try:
        grid = read_grid(upload.file, data, encoding=form.encoding, most_cells=uploads.MOST_CELLS)
        return next(grid.lines, None) is not None
    except ImportRefused:
        return False


def marked_words() -> Words:
    heads = gettext("Row"), gettext("Column"), gettext("Expected"), gettext("Found")
    return Words(gettext("What is wrong"), heads)


def said(text: Message | str) -> str:
    """What was expected, in the reader's language."""
    return say(text if isinstance(text, Message) else message(text))


def _mapping(form: UploadForm) -> tuple[Mapping, str]:
    own, chosen = form.own_mapping.data, form.mapping.data or ""
    if isinstance(own, FileStorage) and own.filename:
        return parse_mapping(own.filename, own.stream.read()), own.filename
    if chosen.startswith(SAVED):
        saved = saved_mappings.get_mapping(edge.reader(), chosen.removeprefix(SAVED))
        return parse_mapping(saved.name, saved.toml.encode()), f"{saved.code} v{saved.version}"
    if chosen in {"", POINT}:
        return default_mapping(), ""
    return load_mapping(SHIPPED / chosen), chosen


def facts_of(form: UploadForm, mapping: Mapping) -> ReleaseFacts:
    """What the release says about itself: what was typed, else the mapping. Raises Invalid."""
    names = {**mapping.release.names, **form.names}
    source = form.source.data or mapping.release.source
    licence = form.licence.data or mapping.release.licence
    missing = {
        "title_en": Message(N_("Enter a name for the release in at least one language.")) if not names else None,
        "source": Message(N_("Say where the figures come from.")) if not source else None,
        "licence": Message(N_("Say under which licence the figures may be used.")) if not licence else None,
    }
    fields = {name: fault for name, fault in missing.items() if fault is not None}
    if fields:
        raise Invalid(N_("Something about the release is missing."), fields)
    return ReleaseFacts(slug=form.slug.data, names=names, source=source, licence=licence)
