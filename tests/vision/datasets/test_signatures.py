"""Arguments, their order and defaults are torchvision's; `root` may be left out where the environment can name it."""

import inspect

import pytest
import torchvision.datasets as theirs

from minitorch_cv.vision import datasets as ours

OWN_ARGUMENTS = {"CIFAR100": ["coarse"]}


def parameters(function):
    return list(inspect.signature(function).parameters.values())


@pytest.mark.parametrize(
    "name",
    [
        *("MNIST", "FashionMNIST", "CIFAR10", "CIFAR100", "Imagenette", "VOCDetection", "FakeData", "ImageFolder"),
        *("DatasetFolder", "VisionDataset", "KMNIST", "EMNIST", "SVHN", "STL10", "VOCSegmentation", "OxfordIIITPet"),
        *("Flowers102", "Caltech101"),
    ],
)
def test_classes(name):
    mine, reference = parameters(getattr(ours, name)), parameters(getattr(theirs, name))
    own = OWN_ARGUMENTS.get(name, [])
    assert [p.name for p in mine] == [p.name for p in reference] + own
    for ours_, expected in zip(mine, reference):
        assert ours_.kind == expected.kind
        if ours_.name == "loader" and expected.default is not inspect.Parameter.empty:
            assert ours_.default is ours.default_loader
        elif ours_.name != "root":
            assert ours_.default == expected.default


@pytest.mark.parametrize("name", ["find_classes", "make_dataset", "has_file_allowed_extension", "is_image_file"])
def test_functions(name):
    mine, reference = parameters(getattr(ours, name)), parameters(getattr(theirs.folder, name))
    assert [(p.name, p.default) for p in mine] == [(p.name, p.default) for p in reference]
