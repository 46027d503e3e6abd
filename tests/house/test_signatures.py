"""Public signatures are PyTorch's: the same parameters, in the same order, with the same defaults."""

from __future__ import annotations

import inspect

import pytest
import torch
import torch.nn.functional
import torch.optim.lr_scheduler
import torch.utils.data

import minitorch_cv as mt

# Parameters of this library alone.
OWN_PARAMETERS = {"force_float32"}  # gradcheck

# Namespaces that both libraries have.
MODULES = {
    "nn": (mt.nn, torch.nn),
    "nn.functional": (mt.nn.functional, torch.nn.functional),
    "nn.init": (mt.nn.init, torch.nn.init),
    "nn.utils": (mt.nn.utils, torch.nn.utils),
    "nn.modules.module": (mt.nn.module, torch.nn.modules.module),
    "nn.utils.parametrizations": (mt.nn.utils.parametrizations, torch.nn.utils.parametrizations),
    "nn.utils.parametrize": (mt.nn.utils.parametrize, torch.nn.utils.parametrize),
    "nn.utils.rnn": (mt.nn.utils.rnn, torch.nn.utils.rnn),
    "optim": (mt.optim, torch.optim),
    "optim.lr_scheduler": (mt.optim.lr_scheduler, torch.optim.lr_scheduler),
    "optim.swa_utils": (mt.optim.swa_utils, torch.optim.swa_utils),
    "utils.data": (mt.utils.data, torch.utils.data),
    "autograd": (mt.autograd, torch.autograd),
}


def public_callables():
    """Every public function and class that both libraries have, where PyTorch's is written in Python."""
    for module, (ours, theirs) in MODULES.items():
        for name in sorted(dir(ours)):
            if name.startswith("_") or not hasattr(theirs, name):
                continue
            mine = getattr(ours, name)
            # max_pool2d and the like take *args in PyTorch and hand them to one of two functions of the same signature
            reference = getattr(theirs, f"{name}_with_indices", getattr(theirs, name))
            if not callable(mine) or inspect.isbuiltin(reference):
                continue
            # F.max_pool2d and its like choose between two functions; the one without indices has the signature
            reference = getattr(theirs, f"_{name}") if "max_pool" in name and name.islower() else reference
            yield f"{module}.{name}", mine, reference


def shown(default):
    """A default as text; functions and the default generator are other objects in each library."""
    if inspect.isfunction(default):
        return default.__name__
    return "default_generator" if type(default).__name__ == "Generator" else repr(default)


def parameters(function):
    """(name, default, whether keyword-only) of each parameter."""
    target = function
    if inspect.isclass(function):  # PyTorch's Parameter and Buffer are made by __new__ alone
        target = function.__new__ if issubclass(function, torch.Tensor) else function.__init__
    found = inspect.signature(target).parameters.values()
    skipped = (inspect.Parameter.VAR_KEYWORD, inspect.Parameter.VAR_POSITIONAL)
    return [
        (p.name, None if p.default is p.empty else shown(p.default), p.kind is p.KEYWORD_ONLY)
        for p in found
        if p.kind not in skipped and p.name not in ("self", "cls")
    ]


CALLABLES = list(public_callables())


@pytest.mark.parametrize("ours, theirs", [c[1:] for c in CALLABLES], ids=[c[0] for c in CALLABLES])
def test_signature(ours, theirs):
    try:
        expected = parameters(theirs)
    except ValueError:
        pytest.fail("PyTorch's signature cannot be read")
    assert [p for p in parameters(ours) if p[0] not in OWN_PARAMETERS] == expected


# The names that course scripts use most.
NAMES = {
    "": """
        no_grad Tensor randn device cat manual_seed flatten tensor stack float32 argmax allclose sum
        zeros arange sigmoid max exp FloatTensor LongTensor ones full eye linspace rand randint
        randperm where matmul mean log sqrt abs clamp topk sort from_numpy as_tensor squeeze
        unsqueeze transpose permute einsum split chunk gather set_grad_enabled inference_mode cuda
        backends accelerator autograd nn optim utils is_tensor numel
    """,
    "nn": """
        Module Linear Conv2d Sequential BatchNorm2d ReLU CrossEntropyLoss MaxPool2d Dropout
        AdaptiveAvgPool2d Sigmoid BCELoss Dropout2d AvgPool2d Parameter Flatten BatchNorm1d
        BCEWithLogitsLoss MultiLabelSoftMarginLoss Identity LeakyReLU Tanh Softmax LogSoftmax
        ConvTranspose2d ModuleList ModuleDict NLLLoss MSELoss L1Loss SmoothL1Loss ELU GELU SiLU
        PReLU ReLU6 Softplus ZeroPad2d ReflectionPad2d Upsample PixelShuffle Unfold Fold LayerNorm
        GroupNorm InstanceNorm2d LocalResponseNorm Embedding AdaptiveMaxPool2d Blur init utils
        functional Conv1d HuberLoss KLDivLoss SELU Mish Hardtanh Hardswish Hardsigmoid LogSigmoid
        Softsign CosineSimilarity MaxPool1d AvgPool1d
    """,
    "nn.init": """
        normal_ uniform_ zeros_ ones_ constant_ kaiming_normal_ kaiming_uniform_ xavier_uniform_
        xavier_normal_ trunc_normal_ orthogonal_ eye_ dirac_ sparse_ calculate_gain
    """,
    "nn.utils": """
        clip_grad_norm_ clip_grad_value_ parameters_to_vector vector_to_parameters spectral_norm remove_spectral_norm
        weight_norm remove_weight_norm parametrize parametrizations
    """,
    "nn.functional": """
        relu avg_pool2d log_softmax nll_loss max_pool2d conv2d cross_entropy softmax dropout sigmoid
        pad one_hot interpolate unfold fold normalize binary_cross_entropy
        binary_cross_entropy_with_logits mse_loss leaky_relu batch_norm adaptive_avg_pool2d linear
        blur2d conv1d conv_transpose2d layer_norm group_norm instance_norm local_response_norm
        dropout2d l1_loss smooth_l1_loss huber_loss kl_div multilabel_soft_margin_loss prelu elu
        selu gelu silu mish softplus relu6 hardtanh hardswish hardsigmoid logsigmoid softsign
        embedding pixel_shuffle cosine_similarity adaptive_max_pool2d
    """,
    "optim": "SGD Adam Adadelta Optimizer AdamW RMSprop Adagrad NAdam RAdam Adamax lr_scheduler",
    "optim.lr_scheduler": """
        StepLR CosineAnnealingLR _LRScheduler LRScheduler MultiStepLR OneCycleLR ExponentialLR
        LambdaLR ReduceLROnPlateau LinearLR CosineAnnealingWarmRestarts CyclicLR SequentialLR
        ConstantLR PolynomialLR MultiplicativeLR ChainedScheduler
    """,
    "utils.data": """
        DataLoader Dataset Subset SubsetRandomSampler TensorDataset random_split ConcatDataset
        RandomSampler SequentialSampler WeightedRandomSampler BatchSampler default_collate Sampler
    """,
    "autograd": "Variable Function gradcheck grad backward set_detect_anomaly detect_anomaly",
    "Tensor": """
        size view item backward sum to cuda cpu numpy eq data mean grad argmax max squeeze unsqueeze
        detach float long clone repeat tolist reshape permute expand t T dim numel masked_fill
        flatten transpose std var norm prod min abs exp log sqrt pow clamp sigmoid tanh relu softmax
        topk sort gather scatter_ index_select split chunk requires_grad_ retain_grad register_hook
        is_leaf grad_fn type double half bool int add_ mul_ zero_ fill_ uniform_ normal_
    """,
}


@pytest.mark.parametrize("place", NAMES)
def test_names_of_course_scripts_are_there(place):
    target = mt
    for part in filter(None, place.split(".")):
        target = getattr(target, part)
    assert [name for name in NAMES[place].split() if not hasattr(target, name)] == []
