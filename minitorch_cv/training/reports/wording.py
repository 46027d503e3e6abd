"""How numbers, times and the names of quantities are written in a report."""

from __future__ import annotations

import math
from datetime import datetime

from ..callbacks import is_fraction

MISSING = "–"
_SPLITS = {"train": "training", "val": "validation", "test": "test"}
_NAMES = {
    "top5_accuracy": "top-5 accuracy",
    "top1_accuracy": "top-1 accuracy",
    "lr": "learning rate",
    "memory_gb": "memory / GB",
    "minitorch_cv": "minitorch_cv",
    "monitor": "best epoch by",
    "baseline_accuracy": "accuracy of the same answer always",
    "baseline_mAP": "mAP of a constant score",
    "method": "average precision by the method",
}


def percent(fraction: float, digits: int = 2) -> str:
    """A fraction in percent; a dash if it is not a number.

    >>> percent(0.5), percent(float("nan"))
    ('50.00\\xa0%', '–')
    """
    return f"{100 * fraction:.{digits}f}\u00a0%" if math.isfinite(fraction) else MISSING


def points(difference: float) -> str:
    """A difference of two fractions in percentage points, with its sign.

    >>> points(0.0123), points(-0.2), points(0.0)
    ('+1.23', '−20.00', '±0.00')
    """
    return signed(100 * difference, 2)


def signed(difference: float, digits: int) -> str:
    """A number with its sign in front, as it is written after rounding."""
    if not math.isfinite(difference):
        return MISSING
    text = f"{abs(difference):.{digits}f}"
    sign = "±" if float(text) == 0 else "+" if difference > 0 else "−"
    return sign + text


def quantity(name: str, value: float) -> str:
    """A value as its name asks for: fractions in percent, whole numbers whole, others with four digits."""
    if not math.isfinite(value):
        return MISSING
    if is_fraction(name):
        return percent(value)
    if value == int(value) and abs(value) < 1e15:
        return whole(int(value)) if not name.endswith("loss") else f"{value:.4f}"
    return f"{value:.4f}" if 0.01 <= abs(value) < 1e4 else f"{value:.4g}"


def whole(number: int) -> str:
    """A whole number in groups of three digits.

    >>> whole(61706)
    '61,706'
    """
    return f"{number:,}"


def counted(number: int, noun: str) -> str:
    """A number and its noun, in the plural unless it is one.

    >>> counted(1, "epoch"), counted(1200, "image")
    ('1 epoch', '1,200 images')
    """
    return f"{whole(number)} {noun}{'' if number == 1 else 's'}"


def label(name: str) -> str:
    """What a quantity of a history or of the metrics is called in a text: "val_loss" is the validation loss."""
    if name in _NAMES:
        return _NAMES[name]
    split, _, rest = name.partition("_")
    if split in _SPLITS:
        return f"{_SPLITS[split]} {label(rest)}".strip()
    return name.replace("_", " ")


def headed(text: str) -> str:
    """The text with a capital letter in front; the rest as it is."""
    return text[:1].upper() + text[1:]


def duration(seconds: float) -> str:
    """A length of time, as exactly as it matters.

    >>> duration(4.21), duration(200), duration(2963), duration(7260)
    ('4.2 s', '3 min 20 s', '49 min', '2 h 1 min')
    """
    if not math.isfinite(seconds):
        return MISSING
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    if seconds < 599.5:
        minutes, rest = divmod(round(seconds), 60)
        return f"{minutes} min {rest} s"
    minutes = round(seconds / 60)
    if minutes < 60:
        return f"{minutes} min"
    return f"{minutes // 60} h {minutes % 60} min"


def moment(started: str) -> str:
    """A time in ISO's form as date and time of day; as it is given if it has another form."""
    try:
        return datetime.fromisoformat(started).strftime("%Y-%m-%d %H:%M")
    except ValueError:
        return started


def enumerated(names: list[str]) -> str:
    """Names in a row.

    >>> enumerated(["a", "b", "c"])
    'a, b and c'
    """
    return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))
