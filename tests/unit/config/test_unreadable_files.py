"""A file that is no profile at all is refused in one sentence."""

from pathlib import Path

import pytest

from config import ConfigError, load_settings
from tests.unit.config.profiles import COMPLETE_ENV


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('{"mode": }', "line 1, column 10: not valid JSON: Expecting value"),
        ('{\n "a": 1,\n "a": 2\n}', 'key "a" stands twice in one object; keep one of them'),
        ('{"a": NaN}', "NaN is not a JSON value; write a number"),
        ("[]", "the file must hold one JSON object"),
        ("", "line 1, column 1: not valid JSON: Expecting value"),
        (
            '{"a": 1e99999999999999999999}',
            "1e99999999999999999999 is no number that a profile can mean",
        ),
        # As a whole number of milliseconds it would fill the memory of the machine.
        ('{"a": 1e999999999}', "1e999999999 is no number that a profile can mean"),
        ("[" * 100_000, "its values are nested too deeply to be a profile"),
        ('{"a":' * 3000 + "1" + "}" * 3000, "its values are nested too deeply to be a profile"),
    ],
)
def test_a_file_that_is_not_plain_json_is_refused_in_one_sentence(
    text: str, problem: str, tmp_path: Path
) -> None:
    file = tmp_path / "profile.json"
    file.write_text(text)
    with pytest.raises(ConfigError) as refused:
        load_settings(file, {})
    assert refused.value.problems == (problem,)


def test_a_file_that_cannot_be_read_is_refused_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as absent:
        load_settings(tmp_path / "absent.json", {})
    assert absent.value.problems == ("it cannot be read: No such file or directory",)

    (tmp_path / "latin.json").write_bytes(b'{"a": "\xe9"}')
    with pytest.raises(ConfigError) as latin:
        load_settings(tmp_path / "latin.json", COMPLETE_ENV)
    assert latin.value.problems == ("it is not UTF-8 text; save it as UTF-8",)
