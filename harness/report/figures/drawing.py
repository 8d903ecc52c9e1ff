"""Pictures in SVG: elements that no words of a tool can end, text of a known width, colours for light and dark."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias
from xml.etree.ElementTree import Element, indent, tostring

from harness.report.cells import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

SIZE = 13.0
"""Of the letters, in the picture's own units; what is larger or smaller is so relative to it."""

SMALL = 0.85
"""How much smaller asides are."""

LINE = 17.0
"""From one line of words to the next."""

_WIDTHS = (("ijl|'", 0.29), ("fIrt.,:;!()[]-/ ", 0.45), ("mwMW%@+~=", 0.92), ("ABCDEFGHJKLNOPQRSTUVXYZ_#&", 0.74))
_WIDTH = {char: width for chars, width in _WIDTHS for char in chars}
_OTHER, _FOREIGN = 0.62, 1.0

Number: TypeAlias = float
Elements: TypeAlias = "tuple[Element, ...]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Palette:
    """The colours of a picture; `sign` is what stands on a tone, `muted` what stands on `none`."""

    page: str
    text: str
    muted: str
    line: str
    sign: str
    tones: Mapping[str, str]


LIGHT = Palette(
    page="#ffffff", text="#1f2328", muted="#59636e", line="#d1d9e0", sign="#ffffff",
    tones={
        "holds": "#1a7f37", "weak": "#9a6700", "declines": "#3b6591", "breaks": "#cf222e", "errs": "#8250df",
        "none": "#eaeef2",
    },
)  # fmt: skip
DARK = Palette(
    page="#0d1117", text="#e6edf3", muted="#9aa4ae", line="#30363d", sign="#0d1117",
    tones={
        "holds": "#3fb950", "weak": "#d29922", "declines": "#8bb4e0", "breaks": "#ff7b72", "errs": "#bc8cff",
        "none": "#262c36",
    },
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Band:
    """A strip across a picture: what is drawn, from the strip's own top, and how high it is."""

    height: Number
    drawn: Elements


def element(tag: str, words: str = "", /, *inner: Element, **attributes: str | Number) -> Element:
    """An element; `font_size` becomes `font-size`, `class_` becomes `class`."""
    made = Element(tag, {name.rstrip("_").replace("_", "-"): _spelled(value) for name, value in attributes.items()})
    made.text = printable(words) or None
    made.extend(inner)
    return made


def _spelled(value: str | Number) -> str:
    return printable(value) if isinstance(value, str) else f"{round(value, 1):g}"


def written(words: str, x: Number | str, y: Number, class_: str = "", **attributes: str | Number) -> Element:
    """Words that begin at a point; where `x` lists several, each letter has its own."""
    return element("text", words, x=x, y=y, **({"class_": class_} if class_ else {}), **attributes)


def text_width(words: str, size: Number = SIZE) -> Number:
    """About how wide words become, in a wide font rather than in a narrow one."""
    return sum(_WIDTH.get(char, _OTHER if char.isascii() else _FOREIGN) for char in words) * size


def wrapped(words: str, width: Number, size: Number = SIZE) -> tuple[str, ...]:
    """Words in lines that fit; a word that is too long is cut."""
    lines = [""]
    for word in (part for long in words.split() for part in _cut(long, width, size)):
        longer = f"{lines[-1]} {word}".strip()
        if text_width(longer, size) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return tuple(line for line in lines if line)


def _cut(word: str, width: Number, size: Number) -> Iterable[str]:
    part = ""
    for char in word:
        if part and text_width(part + char, size) > width:
            yield part
            part = ""
        part += char
    yield part


def shortened(words: str, width: Number, size: Number = SIZE) -> str:
    """Words as far as they fit, with three dots where they end before their time."""
    if text_width(words, size) <= width:
        return words
    while words and text_width(f"{words}...", size) > width:
        words = words[:-1]
    return f"{words.rstrip()}..."


CHIP = 16.0
"""How high and wide the square is that a sign stands in."""


def chip(tone: str, sign: str, x: Number, y: Number) -> Elements:
    """A sign in a square of its colour; `y` is the square's top."""
    return (
        element("rect", x=x, y=y, width=CHIP, height=CHIP, rx=3, class_=f"o-{tone}"),
        signs(tone, sign, [x + CHIP / 2], y + CHIP - 4),
    )


def signs(tone: str, words: str, places: Iterable[Number], y: Number) -> Element:
    """Signs with a place each, to stand on a tone."""
    return written(words, " ".join(map(_spelled, places)), y, "sign muted" if tone == "none" else "sign")


def picture(name: str, title: str, told: str, width: Number, bands: Iterable[Band]) -> str:
    """Strips one below the other as a file; `name` tells its ids from those of other pictures on a page."""
    top, groups = 0.0, list[Element]()
    for band in bands:
        groups.append(element("g", "", *band.drawn, transform=f"translate(0 {_spelled(top)})"))
        top += band.height
    root = element(
        "svg",
        "",
        element("title", title, id=f"{name}-title"),
        element("desc", told, id=f"{name}-told"),
        _style(name),
        element("rect", width="100%", height="100%", class_="page"),
        *groups,
        xmlns="http://www.w3.org/2000/svg",
        id=name,
        viewBox=f"0 0 {_spelled(width)} {_spelled(top)}",
        font_size=SIZE,
        role="img",
        aria_labelledby=f"{name}-title {name}-told",
    )
    return text(root)


def text(root: Element) -> str:
    """A picture as its file has it."""
    indent(root, space="")
    return tostring(root, encoding="unicode") + "\n"


def _style(name: str) -> Element:
    """The sheet of a picture. Its rules are for this picture alone, also where it is part of a page."""
    rules = {
        "": "font-family:system-ui,'Segoe UI','Liberation Sans',sans-serif",
        ".big": "font-size:1.4em;font-weight:700",
        ".bold": "font-weight:600",
        ".aside": f"font-size:{SMALL}em;font-weight:400",
        ".small": f"font-size:{SMALL}em",
        ".sign": "font-family:ui-monospace,'Liberation Mono',monospace;font-weight:700;text-anchor:middle",
    }
    still = [f"#{name} {what}{{{how}}}" for what, how in rules.items()]
    dark = ["@media (prefers-color-scheme:dark){", *_coloured(name, DARK), "}"]
    return element("style", " ".join([*still, *_coloured(name, LIGHT), *dark]))


def _coloured(name: str, palette: Palette) -> list[str]:
    parts = {"text": palette.text, ".muted": palette.muted, ".sign": palette.sign, ".sign.muted": palette.muted}
    fills = {**parts, ".page": palette.page, **{f".o-{tone}": colour for tone, colour in palette.tones.items()}}
    return [f"#{name} {what}{{fill:{colour}}}" for what, colour in fills.items()]
