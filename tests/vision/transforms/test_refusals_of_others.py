"""What erasing, dtypes and containers refuse, as torchvision does."""

import pytest

from tests.vision.transforms.refusals import PICTURE, check_refused_by_both

BOTH = {
    "erase": (
        lambda m: m.F.erase(PICTURE, 0, 0, 1, 1, m.zeros(1)),
        TypeError,
        "img should be Tensor Image. Got <class 'PIL",
    ),
    "RandomErasing-value": (
        lambda m: m.T.RandomErasing(value={1}),
        TypeError,
        "Argument value should be either a number or str or",
    ),
    "RandomErasing-word": (
        lambda m: m.T.RandomErasing(value="noise"),
        ValueError,
        "If value is str, it should be 'random'",
    ),
    "RandomErasing-scale": (lambda m: m.T.RandomErasing(scale=1), TypeError, "Scale should be a sequence"),
    "RandomErasing-ratio": (lambda m: m.T.RandomErasing(ratio=1), TypeError, "Ratio should be a sequence"),
    "RandomErasing-range": (lambda m: m.T.RandomErasing(scale=(0.1, 2)), ValueError, "Scale should be between 0 and 1"),
    "RandomErasing-p": (
        lambda m: m.T.RandomErasing(2),
        ValueError,
        "Random erasing probability should be between 0 and 1",
    ),
    "RandomErasing-values": (
        lambda m: m.T.RandomErasing(1, value=(1, 2))(m.zeros(3, 4, 4)),
        ValueError,
        "either a single value or 3",
    ),
    "dtype": (lambda m: m.F.convert_image_dtype(PICTURE), TypeError, "Input img should be Tensor Image"),
    "dtype-int32": (
        lambda m: m.F.convert_image_dtype(m.zeros(1), m.int32),
        RuntimeError,
        "The cast from torch.float32 to torch.int32 cannot",
    ),
    "dtype-int64": (
        lambda m: m.F.convert_image_dtype(m.zeros(1).to(m.float64), m.int64),
        RuntimeError,
        "torch.float64 to torch.int64 cannot be",
    ),
    "Linear-square": (
        lambda m: m.T.LinearTransformation(m.zeros(2, 3), m.zeros(2)),
        ValueError,
        r"should be square. Got \(2, 3\)",
    ),
    "Linear-mean": (
        lambda m: m.T.LinearTransformation(m.zeros(2, 2), m.zeros(3)),
        ValueError,
        "mean_vector should have the same length 3",
    ),
    "Linear-dtype": (
        lambda m: m.T.LinearTransformation(m.zeros(2, 2), m.zeros(2).to(m.float64)),
        ValueError,
        "should have the same dtype",
    ),
    "Linear-shape": (
        lambda m: m.T.LinearTransformation(m.zeros(4, 4), m.zeros(4))(m.zeros(3, 2, 2)),
        ValueError,
        r"incompatible shape.*3 x 2 x 2\] != 4",
    ),
    "RandomOrder": (lambda m: m.T.RandomOrder(3), TypeError, "Argument transforms should be a sequence"),
    "RandomChoice": (lambda m: m.T.RandomChoice([abs], 0.3), TypeError, "Argument p should be a sequence"),
    "RandomChoice-p": (
        lambda m: m.T.RandomChoice([abs], [1, 2])(1),
        ValueError,
        "number of weights does not match the population",
    ),
    "RandomChoice-0": (
        lambda m: m.T.RandomChoice([abs], [0])(1),
        ValueError,
        "Total of weights must be greater than zero",
    ),
    "Lambda": (lambda m: m.T.Lambda(3), TypeError, "Argument lambd should be callable, got 'int'"),
}


@pytest.mark.parametrize("name", BOTH)
def test_refused_by_both(name):
    check_refused_by_both(*BOTH[name])
