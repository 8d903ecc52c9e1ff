"""What has been seen to break each check of each scenario: `reports/trust.json`, and the page made of it.

A check that nothing breaks may be one that cannot fail. So the corpus is played against releases that are known to be
bad, and what they leave unbroken against the liars of the zoo. What was seen before, or stands in result files that are
named, is kept as long as the scenario means the same; `--anew` looks for all of it again. `--check` plays nothing: it
holds what was seen against the scenarios as they are, and fails where one is new or means something else since, or
where the list of the unbroken, `reports/unbroken.yaml`, would have to grow.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import yaml

HERE = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(HERE), str(HERE / "tests" / "acceptance")]

from test_zoo import LIES, ZOO  # noqa: E402 -- the zoo is found by the path above

from harness.lint.proof import counted  # noqa: E402
from harness.lint.zoo import BROAD, described  # noqa: E402
from harness.reading.scenario import load_scenario  # noqa: E402
from harness.results import read_results  # noqa: E402
from harness.scenario import Level  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from harness.scenario import Scenario

SEEN = HERE / "reports" / "trust.json"
PAGE = HERE / "reports" / "trust.md"
UNBROKEN = HERE / "reports" / "unbroken.yaml"
RELEASES = (
    "venv@3.8", "venv@3.11", "venv@3.13", "uv@0.1.45", "uv@0.4.30", "uv@0.7.13", "uv@0.8.0", "uv@0.9.8", "uv@0.13.9",
    "virtualenv@20.26.6", "virtualenv@21.15.8",
)  # fmt: skip
"""Builds of which each is known to break something, and which are quick."""

Asked: TypeAlias = tuple[str, str]
"""A scenario and one of its checks with its level, as in `must usable`."""


@dataclass(frozen=True, slots=True)
class Witness:
    """A case that broke a check, and the scenario's digest at that time."""

    case: str
    subject: str
    digest: str


def corpus() -> dict[str, Scenario]:
    """Every scenario of the suite."""
    paths = sorted((HERE / "scenarios").glob("*/*.yaml"))
    return {s.id: s for s in (load_scenario(path) for path in paths if path.name != "family.yaml")}


def asked(scenarios: Mapping[str, Scenario]) -> dict[Asked, str]:
    """Every check that counts, with its scenario's digest; without one of its own, that anything breaks it at all."""
    return {
        (name, check): scenario.digest()
        for name, scenario in scenarios.items()
        for check in sorted({f"{ref.level} {ref.name}" for ref in counted(scenario)} or {"anything"})
    }


def witnesses(results: Iterable[Path]) -> dict[Asked, Witness]:
    """The first case in these result files that broke each check."""
    found: dict[Asked, Witness] = {}
    for line in (line for path in results for line in read_results(path).cases):
        name, variant = line["scenario"], line["variant"]
        witness = Witness(f"{name}[{variant}]" if variant else name, line["subject"], line["digest"])
        for finding in line["findings"]:
            if finding["verdict"] == "broken" and finding["level"] != Level.OBSERVE:
                found.setdefault((name, f"{finding['level']} {finding['check']}"), witness)
                found.setdefault((name, "anything"), witness)
    return found


def main(words: list[str]) -> int:
    """Look for what breaks each check and write it down, or with `--check` only tell whether it is written down."""
    scenarios = corpus()
    reasons = _reasons()
    if words == ["--check"]:
        wanting = _wanting(asked(scenarios), _seen(), reasons)
        for line in wanting:
            sys.stdout.write(f"{line}\n")
        return 1 if wanting else 0
    everything = asked(scenarios)
    files = [Path(word) for word in words if word != "--anew"]
    found = {} if "--anew" in words else _valid(_seen(), everything)
    found |= _valid(witnesses(files), everything) | found
    for stage in (_of_known_lies, _of_broad_liars, _of_releases, _of_all_liars):
        left = {key[0] for key in everything if key not in found and (key not in reasons or "--anew" in words)}
        sys.stdout.write(f"{len(left)} scenarios have checks that nothing was seen to break\n")
        sys.stdout.flush()
        found = _valid(stage(left) if left else {}, everything) | found
        SEEN.write_text(json.dumps(_plain(found), indent=1, sort_keys=True) + "\n", encoding="utf-8")
        PAGE.write_text(page(scenarios, found, reasons), encoding="utf-8")
    return main(["--check"])


def _of_releases(names: Collection[str]) -> dict[Asked, Witness]:
    return _look(RELEASES, [f"scenarios/{name}.yaml" for name in sorted(names)], [])


def _of_known_lies(names: Collection[str]) -> dict[Asked, Witness]:
    """The very cases in which the zoo's tests catch a liar."""
    for_any_tool = {name for name, scenario in corpus().items() if not scenario.tools}.intersection(names)
    lies = [lie for lie in LIES if lie.case.partition("[")[0] in for_any_tool]
    cases = dict.fromkeys(_case(lie.liar, lie.case) for lie in lies)
    return _of_liars(sorted({lie.liar for lie in lies}), list(cases))


def _case(liar: str, case: str) -> str:
    """A case as pytest names it."""
    scenario, bracket, variant = case.partition("[")
    return f"scenarios/{scenario}.yaml::{liar}{bracket}{variant}"


def _of_broad_liars(names: Collection[str]) -> dict[Asked, Witness]:
    return _of_liars(BROAD, [f"scenarios/{name}.yaml" for name in sorted(names)])


def _of_all_liars(names: Collection[str]) -> dict[Asked, Witness]:
    liars = sorted({lie.liar for lie in LIES}.difference(BROAD))
    return _of_liars(liars, [f"scenarios/{name}.yaml" for name in sorted(names)])


def _of_liars(liars: Sequence[str], cases: Sequence[str]) -> dict[Asked, Witness]:
    with tempfile.TemporaryDirectory() as folder:
        return _look(liars, cases, [described(liar, Path(folder), ZOO) for liar in liars]) if cases else {}


def _look(tools: Iterable[str], cases: Iterable[str], files: Iterable[Path]) -> dict[Asked, Witness]:
    """What these tools break of these scenarios or cases."""
    with tempfile.TemporaryDirectory() as folder:
        results = Path(folder) / "results.jsonl"
        _play(tools, cases, files, results)
        return witnesses([results])


def _play(tools: Iterable[str], paths: Iterable[str], files: Iterable[Path], results: Path) -> None:
    chosen = [word for tool in tools for word in ("--tool", tool)] + [f"--tool-file={path}" for path in files]
    quiet = ["-q", "-q", "--table=none", "--keep=none", "-n", "2", "-p", "no:cacheprovider", "--show-capture=no"]
    command = [sys.executable, "-m", "pytest", *quiet, "--tb=no", "-r", "", f"--results={results}", *chosen, *paths]
    subprocess.run(command, cwd=HERE, check=False)  # that cases fail is what is looked for


def _wanting(everything: Mapping[Asked, str], seen: Mapping[Asked, Witness], reasons: Mapping[Asked, str]) -> list[str]:
    """What keeps the corpus from being trusted, in sentences."""
    found = []
    for key in sorted(everything):
        name, check = key
        if key in seen and seen[key].digest != everything[key]:
            found.append(f"{name} means something else since `{check}` was broken: run `make trust`")
        elif key not in seen and key not in reasons:
            found.append(f"nothing has been seen to break `{check}` of {name}: write a liar, or a reason")
    found += [f"reports/unbroken.yaml: `{check}` of {name} is broken or gone: remove it" for name, check in sorted(
        key for key in reasons if key in seen or key not in everything)]  # fmt: skip
    return found


def _valid(seen: Mapping[Asked, Witness], everything: Mapping[Asked, str]) -> dict[Asked, Witness]:
    return {key: witness for key, witness in seen.items() if everything.get(key) == witness.digest}


def _seen() -> dict[Asked, Witness]:
    if not SEEN.is_file():
        return {}
    told = json.loads(SEEN.read_text(encoding="utf-8"))
    return {(name, check): Witness(**it) for name, checks in told.items() for check, it in checks.items()}


def _plain(found: Mapping[Asked, Witness]) -> dict[str, dict[str, dict[str, str]]]:
    told: dict[str, dict[str, dict[str, str]]] = {}
    for (name, check), it in found.items():
        told.setdefault(name, {})[check] = {"case": it.case, "subject": it.subject, "digest": it.digest}
    return told


def _reasons() -> dict[Asked, str]:
    """Why some checks are broken by nothing: scenario -> check -> reason."""
    listed = yaml.safe_load(UNBROKEN.read_text(encoding="utf-8")) if UNBROKEN.is_file() else {}
    return {(name, check): why for name, checks in (listed or {}).items() for check, why in checks.items()}


def page(scenarios: Mapping[str, Scenario], found: Mapping[Asked, Witness], reasons: Mapping[Asked, str]) -> str:
    """The page: what has been seen to break each check, the unbroken first."""
    everything = sorted(asked(scenarios))
    unbroken = [key for key in everything if key not in found]
    lines = [
        "# What has been seen to break each check",
        "",
        "Generated by `make trust`, do not edit. The reasons stand in `unbroken.yaml`.",
        f"{len(scenarios)} scenarios ask for {len(everything)} checks that count; never broken: {len(unbroken)}.",
        "",
        "## Unbroken",
        "",
        "| scenario | check | why it is kept |",
        "| --- | --- | --- |",
        *(f"| {name} | {check} | {reasons.get((name, check), '**no reason yet**')} |" for name, check in unbroken),
        "",
        "## Broken",
        "",
        "| scenario | check | broken by | in the case |",
        "| --- | --- | --- | --- |",
        *(f"| {n} | {c} | {found[n, c].subject} | `{found[n, c].case}` |" for n, c in everything if (n, c) in found),
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
