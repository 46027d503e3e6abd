"""The names of ImageNet's 1000 classes, in the order in which models give their scores."""

from importlib.resources import files

IMAGENET_CLASSES = tuple(files(__package__).joinpath("imagenet_classes.txt").read_text(encoding="utf-8").splitlines())
