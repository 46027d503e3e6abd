"""Old ways to ask for weights, with torchvision's warnings."""

from __future__ import annotations

import warnings

import pytest
import torchvision.models

import minitorch_cv as mt
from minitorch_cv.vision import models
from tests.checks import check_error

SETTINGS = [
    ((), {}),
    ((), {"weights": None}),
    ((), {"pretrained": False}),
    ((), {"pretrained": True}),
    ((), {"weights": True}),
    ((), {"weights": False}),
    ((True,), {}),
    ((False,), {}),
    ((True, False), {}),
    ((None,), {}),
    ((None, False), {"num_classes": 3}),
    ((), {"pretrained": True, "progress": False}),
]


@pytest.fixture
def theirs(monkeypatch):
    """torchvision's SqueezeNet 1.1; both libraries' "published" weights are its own."""
    model = torchvision.models.squeezenet1_1()
    state = model.state_dict()
    for enum, found in (
        (torchvision.models.SqueezeNet1_1_Weights, state),
        (models.SqueezeNet1_1_Weights, {key: mt.tensor(value.numpy()) for key, value in state.items()}),
    ):
        monkeypatch.setattr(enum, "get_state_dict", lambda self, found=found, **settings: dict(found))
    return model


def call(library, args, kwargs):
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always")
        model = library.squeezenet1_1(*args, **kwargs)
    return model, [(each.category, str(each.message)) for each in found], {each.filename for each in found}


@pytest.mark.parametrize(("args", "kwargs"), SETTINGS)
def test_warnings_and_weights_are_torchvisions(args, kwargs, theirs):
    ours, said, files = call(models, args, kwargs)
    expected, said_there, _ = call(torchvision.models, args, kwargs)
    assert said == said_there
    assert files <= {__file__}  # where the old way is to be replaced
    trained = bool((ours.state_dict()["features.0.weight"].numpy() == theirs.features[0].weight.detach().numpy()).all())
    assert trained == bool((expected.features[0].weight == theirs.features[0].weight).all())
    assert ours.num_classes == expected.num_classes


@pytest.mark.parametrize(
    ("error", "match", "args", "kwargs"),
    [
        (
            ValueError,
            "'num_classes' expected value 1000 but got 10",
            (),
            {"pretrained": True, "num_classes": 10},
        ),
        (TypeError, "takes keyword arguments only, got 3 positional ones", (True, True, 10), {}),
        (TypeError, "got multiple values for argument 'weights'", (True,), {"weights": None}),
        (TypeError, "unexpected keyword argument 'pretrained'", (), {"weights": "DEFAULT", "pretrained": True}),
    ],
)
@pytest.mark.filterwarnings("ignore:.*deprecated since 0.13")
def test_errors(error, match, args, kwargs, theirs):
    check_error(error, match, models.squeezenet1_1, *args, **kwargs)
