"""A matplotlib figure as SVG that can stand in a page beside others: no outside references, ids of
its own."""

import re
from io import StringIO

from matplotlib.figure import Figure

from kommunebench.report.figures.style import drawing

_PROLOGUE = re.compile(r"^.*?(?=<svg)", re.DOTALL)
_METADATA = re.compile(r"\s*<metadata>.*?</metadata>", re.DOTALL)
_NAMESPACES = re.compile(r'\s(?:xmlns(?::\w+)?|version)="[^"]*"')
_IDS = re.compile(r'\sid="([^"]+)"')
_FONT = re.compile(r"'Liberation Sans', 'Arial', 'Helvetica', 'DejaVu Sans', sans-serif")
_NUMBER = re.compile(r"(\d+\.\d{2})\d+")
_TAG = re.compile(r"<[^>]*>")


def inline_svg(figure: Figure, name: str, label: str) -> str:
    """The figure as an ``svg`` element named by ``label`` for readers who cannot see it; ids start
    with ``name``. The places of its parts are settled afterwards: drawn once more, in another
    format, the figure looks the same."""
    buffer = StringIO()
    with drawing():
        figure.savefig(
            buffer,
            format="svg",
            metadata={"Date": None, "Creator": None, "Format": None, "Type": None},
        )
    # To find the places takes as long as to draw the parts, and would be done again each time.
    figure.set_layout_engine("none")
    text = _METADATA.sub("", _PROLOGUE.sub("", buffer.getvalue()))
    head, tail = text.split(">", 1)
    head = _NAMESPACES.sub("", head)
    used = set(re.findall(r'(?:url\(#|href="#)([^)"]+)', tail))
    # Only ids that something refers to are kept, under the figure's name: two figures on a page may
    # not share one.
    tail = _IDS.sub(lambda match: f' id="{name}-{match[1]}"' if match[1] in used else "", tail)
    tail = re.sub(r"url\(#", f"url(#{name}-", tail)
    tail = re.sub(r'xlink:href="#', f'href="#{name}-', tail)
    # Coordinates are cut to a hundredth of a point; the texts between the tags are left alone.
    tail = _FONT.sub("sans-serif", _TAG.sub(lambda tag: _NUMBER.sub(r"\1", tag[0]), tail))
    head = re.sub(r'\s(?:width|height)="[\d.]+pt"', "", head)
    return f'{head} role="img" aria-label="{_escaped(label)}">{tail}'.strip()


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")
