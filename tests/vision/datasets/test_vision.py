"""The base of the image datasets, against torchvision's text."""

import pytest

from minitorch_cv.vision.datasets import StandardTransform, VisionDataset


class Two(VisionDataset):
    def __getitem__(self, index):
        return self.transforms(index, -index)

    def __len__(self):
        return 2

    def extra_repr(self):
        return "Split: none\nMore: yes"


class Loud:
    def __call__(self, value):
        return value * 10

    def __repr__(self):
        return "Loud(\n    very\n)"


def test_separate_transforms():
    dataset = Two("here", transform=Loud(), target_transform=abs)
    assert dataset[1] == (10, 1)
    assert repr(dataset) == (
        "Dataset Two\n    Number of datapoints: 2\n    Root location: here\n    Split: none\n    More: yes\n"
        "    StandardTransform\nTransform: Loud(\n               very\n           )\n"
        "Target transform: <built-in function abs>"
    )


def test_only_one_of_them():
    assert StandardTransform(Loud())(1, 2) == (10, 2) and StandardTransform(None, Loud())(1, 2) == (1, 20)
    assert repr(StandardTransform(None, abs)) == "StandardTransform\nTarget transform: <built-in function abs>"


def test_joint_transforms():
    dataset = Two(transforms=lambda image, target: (target, image))
    assert dataset[1] == (-1, 1) and "Root location" not in repr(dataset)


def test_both_kinds_are_refused():
    with pytest.raises(ValueError, match="Only transforms or transform/target_transform can be passed as argument"):
        Two(transforms=lambda i, t: (i, t), transform=Loud())


def test_what_a_subclass_must_give():
    with pytest.raises(NotImplementedError, match="VisionDataset should implement __getitem__"):
        VisionDataset()[0]
    with pytest.raises(NotImplementedError, match="VisionDataset should implement __len__"):
        len(VisionDataset())
    assert VisionDataset().extra_repr() == ""
