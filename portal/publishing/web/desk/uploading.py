"""From an uploaded file to a plan, before anything is written."""

from __future__ import annotations

from flask_wtf.file import FileStorage

from portal.foundation.errors import Invalid
from portal.foundation.i18n import N_, Message
from portal.publishing.imports.checks import check_table
from portal.publishing.imports.mapping import SHIPPED, Mapping, default_mapping, load_mapping, parse_mapping
from portal.publishing.imports.reading import parse_mapped
from portal.publishing.services import ReleaseFacts, plan_import
from portal.publishing.services.imports import ImportPlan
from portal.publishing.web.desk.forms import UploadForm
from portal.web import edge


def plan_upload(form: UploadForm) -> ImportPlan:
    """Check the file and hold it against what is published.

    Raises ImportRefused, MappingRefused, ReleaseTaken, or Invalid naming what is missing.
    """
    mapping = _mapping(form)
    facts = _facts(form, mapping)
    file: FileStorage = form.file.data
    table, mapping = parse_mapped(file.filename or "", file.stream.read(), mapping)
    return plan_import(edge.reader(), check_table(table, mapping), facts)


def _mapping(form: UploadForm) -> Mapping:
    own = form.own_mapping.data
    if isinstance(own, FileStorage) and own.filename:
        return parse_mapping(own.filename, own.stream.read())
    return load_mapping(SHIPPED / form.mapping.data) if form.mapping.data else default_mapping()


def _facts(form: UploadForm, mapping: Mapping) -> ReleaseFacts:
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
