"""Every file below `valid` is read, every file below `invalid` is refused in the words beside it; the schemas agree."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from harness import reading
from harness.calls import CALLS, ERRORS
from harness.checks import KNOWN, ArgumentKind
from harness.checks.trees import KINDS
from harness.errors import HarnessError
from harness.reading import family, mounts, needs, scenario, steps, stops, tool, tree
from harness.reading.axes import NAMES
from harness.reading.nodes import FAST, PURE, Kind, Mapping, Node, Scalar, Sequence, parse
from harness.tool import OPERATIONS

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).parent
VALID = sorted((HERE / "valid").rglob("*.yaml"))
INVALID = sorted((HERE / "invalid").rglob("*.yaml"))
BEYOND = HERE / "invalid" / "beyond-schema"
SUITE = HERE.parents[1] / "scenarios"


def _schema(name: str) -> dict[str, Any]:
    return json.loads(Path(reading.__file__).with_name(f"{name}.schema.json").read_text(encoding="utf-8"))


SCHEMAS = {name: _schema(name) for name in ("scenario", "tool")}
VALIDATORS = {name: Draft202012Validator(schema) for name, schema in SCHEMAS.items()}


def _kind(path: Path) -> str:
    return "tool" if path.parent.name == "tools" else "scenario"


def _read(path: Path) -> object:
    if _kind(path) == "tool":
        return tool.load_tool(path, shown=path.name)
    return scenario.load_scenario(path, shown=path.name)


def _name(path: Path) -> str:
    return path.relative_to(HERE).as_posix()


def _data(node: Node) -> Any:
    """What a YAML 1.2 reader of the core schema would make of it, which is what an editor's schema is held against."""
    match node:
        case Mapping(entries=entries):
            return {key.text: _data(value) for key, value in entries}
        case Sequence(items=items):
            return [_data(item) for item in items]
        case Scalar(text=text):
            values = {
                Kind.TEXT: lambda: text,
                Kind.WHOLE: lambda: int(text, 0),
                Kind.NUMBER: lambda: float(text),
                Kind.TRUTH: lambda: text == "true",
                Kind.NOTHING: lambda: None,
            }
            return values[node.kind]()


def _schema_takes(path: Path) -> bool:
    return VALIDATORS[_kind(path)].is_valid(_data(parse(path.read_bytes(), path.name).root))


@pytest.mark.parametrize("path", VALID, ids=_name)
def test_a_valid_file_is_taken_by_the_reader_and_by_the_schema(path: Path) -> None:
    assert _read(path)
    assert list(VALIDATORS[_kind(path)].iter_errors(_data(parse(path.read_bytes(), path.name).root))) == []


@pytest.mark.parametrize("path", INVALID, ids=_name)
def test_an_invalid_file_is_refused_in_exactly_these_words(path: Path) -> None:
    with pytest.raises(HarnessError) as caught:
        _read(path)
    assert f"{caught.value}\n" == path.with_suffix(".txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", [path for path in INVALID if BEYOND not in path.parents], ids=_name)
def test_an_invalid_file_is_refused_by_the_schema(path: Path) -> None:
    assert not _schema_takes(path)


def _is_clean_yaml(path: Path) -> bool:
    try:
        return not parse(path.read_bytes(), path.name).problems
    except HarnessError:
        return False


@pytest.mark.parametrize("path", [p for p in INVALID if BEYOND in p.parents and _is_clean_yaml(p)], ids=_name)
def test_what_is_called_beyond_the_schema_is_taken_by_it(path: Path) -> None:
    assert _schema_takes(path)


@pytest.mark.parametrize("path", [path for path in VALID + INVALID if path.name != "not-utf-8.yaml"], ids=_name)
def test_both_parsers_read_the_same(path: Path) -> None:
    def read(parser: Any) -> object:
        try:
            return parse(path.read_bytes(), path.name, parser)
        except HarnessError as error:
            return error.problems

    assert read(FAST) == read(PURE)


def test_there_are_two_parsers_to_agree() -> None:
    assert FAST is not PURE


def test_every_message_belongs_to_a_file() -> None:
    assert [path.with_suffix(".yaml") for path in sorted((HERE / "invalid").rglob("*.txt"))] == INVALID


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_schema_is_one(name: str) -> None:
    Draft202012Validator.check_schema(SCHEMAS[name])


def _properties(schema: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every key that a schema describes, with its place in the schema."""
    if isinstance(schema, list):
        for item in schema:
            yield from _properties(item, path)
    if isinstance(schema, dict):
        if schema.get("additionalProperties") is False or path == "":
            yield from ((f"{path}/{key}", value) for key, value in schema.get("properties", {}).items())
        for key, value in schema.items():
            yield from _properties(value, f"{path}/{key}")


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_schema_explains_every_key(name: str) -> None:
    found = dict(_properties(SCHEMAS[name]))
    assert len(found) > 10
    assert [path for path, value in found.items() if not value.get("description", "").endswith(".")] == []


def _step() -> dict[str, Any]:
    return SCHEMAS["scenario"]["$defs"]["step"]["anyOf"][-1]


def _entry() -> dict[str, Any]:
    return SCHEMAS["scenario"]["$defs"]["entry"]["anyOf"][-1]


def test_the_schemas_and_the_readers_know_the_same_keys() -> None:
    definitions = SCHEMAS["scenario"]["$defs"]
    assert list(SCHEMAS["scenario"]["properties"]) == list(scenario.KEYS)
    assert tuple(SCHEMAS["scenario"]["required"]) == scenario.REQUIRED
    assert set(_step()["properties"]) == {*steps.ACTIONS, *steps.MODIFIERS, *scenario.LEVELS}
    assert set(_entry()["properties"]) == {*tree.KINDS, *mounts.KEYS, "mode"}
    assert set(definitions["odd-name"]["properties"]) == {*tree.KINDS, *mounts.KEYS, "mode", "name"}
    assert list(SCHEMAS["tool"]["properties"]) == list(tool.KEYS)
    assert tuple(SCHEMAS["tool"]["required"]) == tool.REQUIRED
    assert list(SCHEMAS["tool"]["properties"]["operations"]["properties"]) == list(OPERATIONS)


def test_the_schemas_and_the_readers_know_the_same_words() -> None:
    definitions = SCHEMAS["scenario"]["$defs"]
    properties = SCHEMAS["scenario"]["properties"]
    words, _, arguments = definitions["check"]["anyOf"]
    kinds = arguments["properties"]["present"]["anyOf"][0]["additionalProperties"]["anyOf"][0]["enum"]
    assert {word["const"] for word in words["oneOf"]} == {
        name for name, check in KNOWN.items() if check.argument is ArgumentKind.NONE
    }
    assert set(arguments["properties"]) == {
        name for name, check in KNOWN.items() if check.argument is not ArgumentKind.NONE
    }
    assert set(properties["waive"]["properties"]) == {name for name, check in KNOWN.items() if check.standing}
    assert tuple(kinds) == KINDS
    assert tuple(properties["needs"]["items"]["anyOf"][0]["enum"]) == needs.NEEDS
    assert tuple(definitions["step"]["anyOf"][0]["enum"]) == OPERATIONS
    step, call = definitions["step"]["anyOf"][-1]["properties"], definitions["kind-of-call"]["anyOf"][0]["oneOf"]
    told = {name: step[name]["anyOf"][0]["properties"] for name in stops.STOPS}
    assert tuple(told["interrupt"]["signal"]["anyOf"][0]["enum"]) == stops.SIGNALS
    assert tuple(told["fault"]["error"]["anyOf"][0]["enum"]) == tuple(ERRORS)
    assert tuple(kind["const"] for kind in call) == tuple(CALLS)
    assert tuple(properties["axes"]["propertyNames"]["not"]["enum"]) == NAMES


def _keys(node: Node) -> Iterator[str]:
    match node:
        case Mapping(entries=entries):
            for key, value in entries:
                yield key.text
                yield from _keys(value)
        case Sequence(items=items):
            for item in items:
                yield from _keys(item)
        case Scalar(text=text):
            yield text


def test_the_valid_files_use_the_whole_language() -> None:
    used = {
        kind: {key for path in VALID if _kind(path) == kind for key in _keys(parse(path.read_bytes(), "").root)}
        for kind in SCHEMAS
    }
    language = {*scenario.KEYS, *steps.ACTIONS, *steps.MODIFIERS, *KNOWN, *KINDS}
    entries = {*tree.KINDS, *mounts.KEYS, tree.ODD_NAMES}
    assert (language | entries) - used["scenario"] == set()
    assert {*tool.KEYS, *OPERATIONS, "versions", "run", "seed", "without-seed", "pattern"} - used["tool"] == set()


def _holders(data: Any) -> Iterator[tuple[Any, Any]]:
    """Every list and mapping in some data, with every index or key of it."""
    for key in data if isinstance(data, dict) else range(len(data)) if isinstance(data, list) else ():
        yield data, key
        yield from _holders(data[key])


DATA = {
    kind: [_data(parse(path.read_bytes(), "").root) for path in VALID if _kind(path) == kind and path.stem != "axes"]
    for kind in SCHEMAS
}
FRAGMENTS = [holder[key] for data in (*DATA["scenario"], *DATA["tool"]) for holder, key in _holders(data)]
FRAGMENTS += [None, True, 0, -1, 1.5, "", " ", "$", "$x", "..", "a/", "a//b", "/", "10s", "0755", "x\n", [], {}, [[]]]


@st.composite
def _altered(draw: st.DrawFn, kind: str) -> Any:
    """The data of a valid file with a few of its values, or its keys, exchanged for others that occur in such files."""
    data = copy.deepcopy(draw(st.sampled_from(DATA[kind])))
    for _ in range(draw(st.integers(1, 3))):
        holder, key = draw(st.sampled_from(list(_holders(data))))
        fragment = copy.deepcopy(draw(st.sampled_from(FRAGMENTS)))
        match draw(st.sampled_from(["value", "key", "gone"])):
            case "value":
                holder[key] = fragment
            case "key" if isinstance(holder, dict):
                holder[fragment if isinstance(fragment, str) else "x"] = holder.pop(key)
            case _:
                del holder[key]
        if not data:
            break
    return data


@pytest.mark.parametrize("kind", SCHEMAS)
@given(data=st.data())
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_an_editor_never_marks_what_the_reader_takes(kind: str, data: st.DataObject) -> None:
    altered = data.draw(_altered(kind))
    text = json.dumps(altered, ensure_ascii=False)  # which is YAML, too
    try:
        if kind == "tool":
            tool.read_tool(text, "f")
        else:
            scenario.read_scenario(text, id="a/b", file="f")
    except HarnessError:
        return
    assert list(VALIDATORS[kind].iter_errors(altered)) == []


def test_a_family_is_a_question_with_a_note() -> None:
    read = family.read_family("question: May .venv be a link?\nnote: Most users do it for space\n", "family.yaml")
    assert read == family.Family("May .venv be a link?", "Most users do it for space")
    assert (read.well, read.ill) == ("all is well", "not always well")


def test_a_family_says_what_is_answered_where_all_is_well_and_where_it_is_not() -> None:
    read = family.read_family("question: May .venv be a link?\nwell: it may\nill: not always\n", "family.yaml")
    assert read == family.Family("May .venv be a link?", well="it may", ill="not always")


@pytest.mark.parametrize("path", sorted(SUITE.glob("*/family.yaml")), ids=lambda path: path.parent.name)
def test_every_family_asks_and_knows_both_answers(path: Path) -> None:
    read = family.load_family(path)
    document = parse(path.read_bytes(), path.as_posix())
    assert isinstance(document.root, Mapping)
    assert {"question", "well", "ill"} <= {key.text for key, _ in document.root.entries}
    assert [text for text in (read.well, read.ill) if not text or "\n" in text or text.endswith(".")] == []
    assert read.well != read.ill


def test_every_folder_of_scenarios_has_a_family() -> None:
    folders = {path.parent for path in SUITE.glob("*/*.yaml")}
    assert len(folders) > 10
    assert [folder for folder in folders if not (folder / family.FILE).is_file()] == []


def test_a_family_that_asks_nothing_is_refused() -> None:
    with pytest.raises(HarnessError) as caught:
        family.read_family("question: links\nquesion: what?\n", "family.yaml")
    assert str(caught.value) == (
        "family.yaml:1:11: `question` is not one line that ends in `?`\n"
        "  hint: as in `May .venv be a link?`\n"
        "family.yaml:2:1: unknown key `quesion` in a family\n"
        "  hint: did you mean `question`?"
    )


@pytest.mark.parametrize("key", ["well", "ill", "note"])
def test_what_a_family_says_is_words(key: str) -> None:
    with pytest.raises(HarnessError, match=f"family.yaml:2:{len(key) + 3}: `{key}` must be a text, not a list"):
        family.read_family(f"question: May it?\n{key}: [it may]\n", "family.yaml")


def test_a_folder_without_a_family_file_asks_nothing(tmp_path: Path) -> None:
    assert family.load_family(tmp_path / family.FILE).question == ""
    (tmp_path / family.FILE).write_text("question: May it?\n", encoding="utf-8")
    assert family.load_family(tmp_path / family.FILE).question == "May it?"
