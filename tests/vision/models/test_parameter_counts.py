"""Every model has the number of parameters that is known of it, and says so."""

from __future__ import annotations

import pytest

import minitorch_cv as mt
from minitorch_cv.vision.models import get_model_builder, list_models

# torchvision's own figures, or those of the papers and projects; else counted by hand: weights, then norms and biases
COUNTS = {
    "alexnet": 61_100_840,
    "cifar_resnet18": 11_173_962,
    "densenet121": 7_978_856,
    "depthwisenet": 128_576 + 5_632 + 2_570,
    "imagenettemodel": 4_354_400 + 1_984 + 5_130,
    "lenet5": 61_706,
    "mlp": 784 * 128 + 128 + 128 * 64 + 64 + 64 * 10 + 10,
    "mobilenet_v2": 3_504_872,
    "resnet18": 11_689_512,
    "resnet20": 269_722,
    "resnet32": 464_154,
    "resnet34": 21_797_672,
    "resnet44": 658_586,
    "resnet50": 25_557_032,
    "resnet56": 853_018,
    "resnet101": 44_549_160,
    "resnet110": 1_727_962,
    "resnet152": 60_192_808,
    "resnet9": 6_563_520 + 4_480 + 5_130,
    "resnext50_32x4d": 25_028_904,
    "simpleclassifier": 4_864 + 18_464 + 4_624 + 1_298_040 + 10_164 + 1_700,
    "simplenet": 260 + 5_020 + 50_100 + 1_515,
    "simplenetfinal": 258_593,
    "squeezenet1_0": 1_248_424,
    "squeezenet1_1": 1_235_496,
    "vgg11": 132_863_336,
    "vgg11_bn": 132_868_840,
    "vgg13": 133_047_848,
    "vgg13_bn": 133_053_736,
    "vgg16": 138_357_544,
    "vgg16_bn": 138_365_992,
    "vgg19": 143_667_240,
    "vgg19_bn": 143_678_248,
    "vocclassifier": 1_171_872 + 2_880 + 5_140,
    "wide_resnet50_2": 68_883_240,
}


def test_no_model_is_left_out():
    assert sorted(COUNTS) == list_models()


@pytest.mark.parametrize("name", COUNTS)
def test_parameters(name, without_first_values):
    builder = get_model_builder(name)
    assert sum(p.numel() for p in builder().parameters()) == COUNTS[name]
    assert f"{COUNTS[name]:,}" in builder.__doc__


def test_first_values_are_left_out_in_tests_only(without_first_values):
    weight = mt.nn.Linear(3, 2).weight
    assert mt.nn.init.normal_(weight) is weight
