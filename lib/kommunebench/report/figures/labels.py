"""Naming points of a scatter without names on top of each other."""

from collections.abc import Sequence

from matplotlib.axes import Axes

_SIZE = 8.0
# Where a name may stand, in points from its dot: horizontal side, dx, dy.
_PLACES = (
    ("left", 5, 0), ("right", -5, 0),
    ("left", 4, 8), ("right", -4, 8), ("left", 4, -8), ("right", -4, -8),
    ("center", 0, 10), ("center", 0, -10),
    ("left", 12, 15), ("right", -12, 15), ("left", 12, -15), ("right", -12, -15),
    ("left", 16, 24), ("right", -16, 24), ("left", 16, -24), ("right", -16, -24),
)  # fmt: skip
# A name painted over another cannot be read; a dot under a name can be guessed.
_OVER_NAME = 6.0
_LEADER = {
    "arrowstyle": "-",
    "color": "#9aa0a6",
    "linewidth": 0.6,
    "shrinkA": 0,
    "shrinkB": 2,
}

Box = tuple[float, float, float, float]


def name_points(
    axes: Axes,
    points: Sequence[tuple[float, float, str]],
    dots: Sequence[tuple[float, float]] = (),
    color: str = "black",
) -> None:
    """Write names beside their points, each where it covers least of dots and earlier names; limits
    must be set."""
    pixels_per_point = axes.figure.dpi / 72
    covered: list[Box] = [_around(_pixels(axes, *dot), 3 * pixels_per_point) for dot in dots]
    names: list[Box] = []
    frame = axes.get_window_extent()
    for x, y, name in points:
        at = _pixels(axes, x, y)
        boxes = [_box(at, place, name, pixels_per_point) for place in _PLACES]
        costs = [
            _cost(box, covered, names, (frame.x0, frame.y0, frame.x1, frame.y1)) + 0.5 * rank
            for rank, box in enumerate(boxes)
        ]
        best = costs.index(min(costs))
        side, dx, dy = _PLACES[best]
        names.append(boxes[best])
        far = abs(dy) > 12
        axes.annotate(
            name,
            (x, y),
            xytext=(dx, dy),
            textcoords="offset points",
            ha=side,
            va="center",
            fontsize=_SIZE,
            zorder=6,
            color=color,
            bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 0.4},
            arrowprops=_LEADER if far else None,
        )


def _pixels(axes: Axes, x: float, y: float) -> tuple[float, float]:
    at = axes.transData.transform((x, y))
    return float(at[0]), float(at[1])


def _around(at: Sequence[float], radius: float) -> Box:
    return (at[0] - radius, at[1] - radius, at[0] + radius, at[1] + radius)


def _box(at: Sequence[float], place: tuple[str, int, int], name: str, scale: float) -> Box:
    side, dx, dy = place
    width, height = 0.53 * _SIZE * len(name) * scale, 1.15 * _SIZE * scale
    left = at[0] + dx * scale - {"left": 0.0, "center": width / 2, "right": width}[side]
    middle = at[1] + dy * scale
    return (left, middle - height / 2, left + width, middle + height / 2)


def _cost(box: Box, dots: Sequence[Box], names: Sequence[Box], frame: Box) -> float:
    overlap = sum(_shared(box, other) for other in dots)
    overlap += _OVER_NAME * sum(_shared(box, other) for other in names)
    inside = _shared(box, frame)
    outside = (box[2] - box[0]) * (box[3] - box[1]) - inside
    return overlap + 5 * outside


def _shared(one: Box, other: Box) -> float:
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    return width * height if width > 0 and height > 0 else 0.0
