"""A mapping is checked as a whole, and says where it is wrong."""

from pathlib import Path

import pytest

from portal.publishing.errors import MappingRefused
from portal.publishing.imports.mapping import load_mapping, shipped_mappings


@pytest.mark.parametrize("name", shipped_mappings())
def test_every_shipped_mapping_loads_by_its_bare_name(name: str) -> None:
    assert load_mapping(Path(name)).release.source


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        ("columns = [", "not TOML"),
        ("[columns]\nbody = 'A'", "there is no field body"),
        ("[colums]\nbody_code = 'A'", "colums"),
        ("[file]\nlocale = 'fr'", "the languages are en, zh_Hans"),
        ("[extract.unit]\nfrom = 'A'\npattern = '('", "not a regular expression"),
        ("[extract.unit]\nfrom = 'A'\npattern = 'x'", "needs a group"),
        ("[periods]\ntype = 'decade'", "periods.type"),
        ("[[melt]]\ncolumns = []", "melt.0.columns"),
    ],
)
def test_a_wrong_mapping_is_refused_with_its_place(tmp_path: Path, toml: str, said: str) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(toml)
    with pytest.raises(MappingRefused, match=said) as refusal:
        load_mapping(path)
    assert "mine.toml" in str(refusal.value)


def test_a_missing_mapping_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MappingRefused, match=r"nowhere\.toml cannot be read"):
        load_mapping(tmp_path / "nowhere.toml")
