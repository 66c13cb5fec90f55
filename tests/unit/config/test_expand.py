"""Expansion of ``${NAME}`` and ``${NAME:-default}`` in parsed JSON."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.expand import expand

names = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,12}", fullmatch=True)
environments = st.dictionaries(names, st.text(max_size=20), max_size=4)
json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(alphabet=st.characters(exclude_characters="$")),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=12,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("${HOST}", "db"),
        ("${HOST}:${PORT}", "db:5432"),
        ("${HOST:-localhost}", "db"),
        ("${MISSING:-localhost}", "localhost"),
        ("${EMPTY:-localhost}", "localhost"),
        ("${EMPTY}", ""),
        ("${MISSING:-}", ""),
        ("${MISSING:-a:-b}", "a:-b"),
        ("$$", "$"),
        ("$${HOST}", "${HOST}"),
        ("$$$$", "$$"),
        ("$$${HOST}", "$db"),
        ("costs 5$", "costs 5$"),
        ("$HOST", "$HOST"),
        ("${NESTED}", "${HOST}"),
    ],
)
def test_a_reference_becomes_what_a_shell_would_make_of_it(text: str, expected: str) -> None:
    env = {"HOST": "db", "PORT": "5432", "EMPTY": "", "NESTED": "${HOST}"}
    assert expand(text, env) == (expected, [])


def test_every_missing_variable_is_reported_with_its_place_and_a_way_out() -> None:
    profile = {"a": {"b": ["x", "${FIRST}"]}, "c": "${SECOND}"}
    _, problems = expand(profile, {})
    assert problems == [
        "a.b[1]: environment variable FIRST is not set; set it, or give a default as ${FIRST:-...}",
        "c: environment variable SECOND is not set; set it, or give a default as ${SECOND:-...}",
    ]


@pytest.mark.parametrize("text", ["${}", "${1X}", "${A B}", "${OPEN", "${A-b}", "${A:=b}"])
def test_what_is_almost_a_reference_is_refused_not_kept(text: str) -> None:
    _, problems = expand({"key": text}, {"OPEN": "x", "A": "x"})
    assert len(problems) == 1
    assert problems[0].startswith(f"key: {text} is not a reference; ")


@given(json_values, environments)
def test_without_a_dollar_nothing_changes(value: object, env: dict[str, str]) -> None:
    assert expand(value, env) == (value, [])


@given(st.text(), environments)
def test_doubling_every_dollar_keeps_any_text(text: str, env: dict[str, str]) -> None:
    assert expand(text.replace("$", "$$"), env) == (text, [])


@given(names, st.text(), st.text(alphabet="ab:/-.", max_size=8))
def test_a_held_value_is_taken_literally(name: str, held: str, around: str) -> None:
    assert expand(f"{around}${{{name}}}{around}", {name: held}) == (f"{around}{held}{around}", [])


@given(json_values, environments)
def test_the_shape_survives(value: object, env: dict[str, str]) -> None:
    expanded, _ = expand(json.loads(json.dumps(value)), env)
    assert json.dumps(expanded) == json.dumps(value)
