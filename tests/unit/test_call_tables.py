"""The numbers of calls agree with the kernel's own headers, and the filter stops what it should."""

from __future__ import annotations

import os
import platform
import re
import struct
from collections import Counter
from pathlib import Path

import pytest

from harness.calls import CALLS
from harness.stopping.filtering import program
from harness.stopping.tables import ARCHITECTURES, ASIDE, FORMS, MAKES, O_CREAT, O_EXCL, O_TRUNC, Form, numbered

HEADERS = {
    "x86_64": ("x86_64-linux-gnu/asm/unistd_64.h", "asm/unistd_64.h"),
    "aarch64": ("asm-generic/unistd.h",),
}
NEWER = {"setxattrat", "removexattrat", "fchmodat2"}
"""Calls that headers of some age do not know yet; their numbers are the same on both."""
STOP, GO = 0x7FC00000, 0x7FFF0000
both = pytest.mark.parametrize("machine", ARCHITECTURES)


# -- numbers ----------------------------------------------------------------------------------------------------------


@both
def test_numbers_are_those_of_the_kernels_headers(machine: str) -> None:
    header = next((path for name in HEADERS[machine] if (path := Path("/usr/include", name)).exists()), None)
    if header is None:
        pytest.skip(f"there is no {HEADERS[machine][-1]} of the kernel's")
    told = re.findall(r"#define __NR(?:3264)?_(\w+)\s+(\d+)\b", header.read_text())
    known = {name: int(number) for name, number in told}
    column = ARCHITECTURES[machine].column
    listed = {form.name: form.numbers[column] for form in FORMS}
    assert {name: known.get(name) for name in listed if name in known or name not in NEWER} == {
        name: number for name, number in listed.items() if name in known or name not in NEWER
    }


def test_calls_that_headers_may_lack_have_one_number() -> None:
    assert {form.name: len(set(form.numbers)) for form in FORMS if form.name in NEWER} == dict.fromkeys(NEWER, 1)


@both
def test_each_number_is_listed_once(machine: str) -> None:
    column = ARCHITECTURES[machine].column
    numbers = Counter(form.numbers[column] for form in FORMS if form.numbers[column] is not None)
    assert [number for number, count in numbers.items() if count > 1] == []
    assert len({form.name for form in FORMS}) == len(FORMS)


def test_kinds_are_those_that_scenarios_know() -> None:
    assert {form.kind for form in FORMS} == {*CALLS, *ASIDE}


@pytest.mark.skipif(platform.machine() not in ARCHITECTURES, reason="its calls are not known")
def test_flags_are_those_of_this_machine() -> None:
    assert ARCHITECTURES[platform.machine()].nofollow == os.O_NOFOLLOW
    assert (O_CREAT, O_EXCL, O_TRUNC) == (os.O_CREAT, os.O_EXCL, os.O_TRUNC)
    assert MAKES & ~os.O_DIRECTORY == (os.O_CREAT | os.O_TRUNC | os.O_TMPFILE) & ~os.O_DIRECTORY


@pytest.mark.parametrize("places", [("aarch64-linux-gnu/include/asm/fcntl.h",)])
def test_flags_of_the_other_architecture_are_those_of_its_headers(places: tuple[str, ...]) -> None:
    header = next((path for name in places if (path := Path("/usr", name)).exists()), None)
    if header is None:
        pytest.skip("there are no headers of the other architecture (linux-libc-dev-arm64-cross)")
    told = {name: int(value, 8) for name, value in re.findall(r"#define (O_\w+)\s+(0\d+)", header.read_text())}
    assert told["O_NOFOLLOW"] == ARCHITECTURES["aarch64"].nofollow
    assert not told["O_DIRECTORY"] & MAKES


# -- the filter -------------------------------------------------------------------------------------------------------


def decide(code: bytes, audit: int, number: int, arguments: tuple[int, ...] = ()) -> int:
    """What a BPF program comes to, by its definition (linux/filter.h): as much of it as the filter needs."""
    data = struct.pack("=IIQ6Q", number, audit, 0, *arguments, *[0] * (6 - len(arguments)))
    instructions = list(struct.iter_unpack("=HBBI", code))
    at = accumulator = 0
    while True:
        word, if_so, if_not, value = instructions[at]
        at += 1
        match word:
            case 0x20:
                (accumulator,) = struct.unpack_from("=I", data, value)
            case 0x15:
                at += if_so if accumulator == value else if_not
            case 0x45:
                at += if_so if accumulator & value else if_not
            case 0x06:
                return int(value)
            case _:
                raise AssertionError(word)


FLAGGED: dict[str, tuple[tuple[tuple[int, ...], int], ...]] = {
    "open": (((0, 0), GO), ((0, 2), GO), ((0, 0o101), STOP), ((0, 0o1001), STOP), ((0, 0o20200001), STOP)),
    "openat": (((0, 0, 0), GO), ((0, 0, 0o2001), GO), ((0, 0, 0o100), STOP), ((0o100, 0o100, 0), GO)),
    "ioctl": (((1, 0x5401), GO), ((1, 0x40049409), STOP), ((1, 0x4020940D), STOP), ((0x40049409, 0), GO)),
    "mmap": (
        ((0, 9, 3, 1), STOP), ((0, 9, 3, 3), STOP), ((0, 9, 1, 1), GO), ((0, 9, 3, 2), GO), ((0, 9, 3, 0x21), GO),
    ),
    "fcntl": (*(((0, n), GO) for n in (0, 1, 2, 3, 4, 5, 36, 1030)), *(((0, n), STOP) for n in (6, 7, 37, 38))),
}  # fmt: skip
"""Calls that stop by their arguments alone."""


@both
@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_a_call_stops_where_its_arguments_say_that_it_matters(machine: str, form: Form) -> None:
    architecture = ARCHITECTURES[machine]
    number = form.numbers[architecture.column]
    if number is None:
        assert form.name not in {known.name for known in numbered(architecture.column).values()}
        return
    cases = FLAGGED.get(form.name, (((), STOP), ((~0 & (1 << 64) - 1,) * 6, STOP)))
    code = program(architecture)
    assert [decide(code, architecture.audit, number, given) for given, _ in cases] == [told for _, told in cases]


@both
def test_every_other_call_goes_on(machine: str) -> None:
    architecture = ARCHITECTURES[machine]
    code, listed = program(architecture), numbered(architecture.column)
    others = [number for number in range(600) if number not in listed]
    assert {decide(code, architecture.audit, number, (MAKES,) * 6) for number in others} == {GO}


@both
def test_calls_of_another_architecture_go_on(machine: str) -> None:
    architecture = ARCHITECTURES[machine]
    code = program(architecture)
    assert {decide(code, 0x40000003, number) for number in range(600)} == {GO}


@both
def test_the_filter_is_one_that_the_kernel_takes(machine: str) -> None:
    code = program(ARCHITECTURES[machine])
    assert len(code) // 8 < 4096
    assert code[-8:] == struct.pack("=HBBI", 0x06, 0, 0, GO)
