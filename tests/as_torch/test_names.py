"""The names that course scripts use, by `import minitorch_cv as torch` and by `import torch` after as_torch()."""

import importlib

import pytest

import minitorch_cv
from minitorch_cv.scripts.names import MODULES
from tests.as_torch.hiding import hidden_torch

# Counted over public course, homework and tutorial files.
NAMES = {
    "torch": """
        no_grad save Tensor randn device cuda.is_available cat load manual_seed flatten tensor
        accelerator.current_accelerator accelerator.is_available stack float32 argmax allclose sum zeros arange sigmoid
        max exp FloatTensor LongTensor ones full eye linspace rand randint randperm where matmul mean log sqrt abs clamp
        topk sort from_numpy as_tensor squeeze unsqueeze transpose permute einsum split chunk gather set_grad_enabled
        inference_mode autograd.Variable autograd.Function autograd.gradcheck compile autocast amp.autocast
        amp.GradScaler GradScaler cuda.amp.autocast cuda.amp.GradScaler cuda.manual_seed_all cuda.empty_cache
        backends.cudnn.benchmark backends.cudnn.deterministic backends.mps.is_available backends.cuda.matmul
        set_float32_matmul_precision use_deterministic_algorithms hub.load testing.assert_close version.cuda
        is_autocast_enabled compiler.is_compiling xpu.is_available mps.device_count __version__
    """,
    "torch.nn": """
        Module Linear Conv2d Sequential BatchNorm2d ReLU CrossEntropyLoss MaxPool2d Dropout AdaptiveAvgPool2d Sigmoid
        BCELoss Dropout2d AvgPool2d Parameter Flatten BatchNorm1d BCEWithLogitsLoss MultiLabelSoftMarginLoss Identity
        LeakyReLU Tanh Softmax LogSoftmax ConvTranspose2d ModuleList ModuleDict NLLLoss MSELoss L1Loss SmoothL1Loss ELU
        GELU SiLU PReLU ReLU6 Softplus ZeroPad2d ReflectionPad2d Upsample PixelShuffle Unfold Fold LayerNorm GroupNorm
        InstanceNorm2d LocalResponseNorm Embedding AdaptiveMaxPool2d init.normal_ init.uniform_ init.zeros_ init.ones_
        init.constant_ init.kaiming_normal_ init.kaiming_uniform_ init.xavier_uniform_ init.xavier_normal_
        init.trunc_normal_ init.orthogonal_ utils.clip_grad_norm_ utils.clip_grad_value_ utils.parameters_to_vector
    """,
    "torch.nn.functional": """
        relu avg_pool2d log_softmax nll_loss max_pool2d conv2d cross_entropy softmax dropout sigmoid pad one_hot
        interpolate unfold fold normalize binary_cross_entropy binary_cross_entropy_with_logits mse_loss leaky_relu
        batch_norm adaptive_avg_pool2d linear
    """,
    "torch.optim": "SGD Adam Adadelta Optimizer AdamW RMSprop Adagrad",
    "torch.optim.lr_scheduler": """
        StepLR CosineAnnealingLR _LRScheduler MultiStepLR OneCycleLR ExponentialLR LambdaLR ReduceLROnPlateau LinearLR
        CosineAnnealingWarmRestarts CyclicLR SequentialLR
    """,
    "torch.utils.data": """
        DataLoader Dataset Subset SubsetRandomSampler TensorDataset random_split ConcatDataset RandomSampler
        SequentialSampler WeightedRandomSampler BatchSampler default_collate
    """,
    "torch.utils.data.sampler": "SubsetRandomSampler",
    "torch.utils.data.dataset": "Dataset",
    "torch.nn.parameter": "Parameter",
    "torch.nn.modules": "Conv2d",
    "torch.nn.modules.module": "register_module_forward_hook register_module_forward_pre_hook",
    "torch.nn.utils": """
        spectral_norm remove_spectral_norm weight_norm parametrizations.spectral_norm parametrize.cached
    """,
    "torch.nn.utils.fusion": "fuse_conv_bn_eval",
    "torch.nn.utils.rnn": "pad_sequence",
    "torch.nn.utils.spectral_norm": "spectral_norm remove_spectral_norm",
    "torch.nn.utils.weight_norm": "weight_norm",
    "torch.nn.utils.parametrizations": "spectral_norm weight_norm",
    "torch.nn.utils.parametrize": "register_parametrization is_parametrized remove_parametrizations cached",
    "torch.optim.swa_utils": "AveragedModel SWALR update_bn get_ema_multi_avg_fn get_ema_avg_fn",
    "torch.optim.optimizer": "Optimizer",
    "torch.autograd": "Variable Function gradcheck grad backward no_grad",
    "torchvision.transforms": """
        Compose ToTensor Normalize Resize RandomHorizontalFlip CenterCrop ColorJitter RandomCrop RandomResizedCrop
        RandomRotation Lambda Grayscale RandomVerticalFlip RandomAffine RandomPerspective RandomErasing GaussianBlur Pad
        ToPILImage InterpolationMode functional.to_tensor functional.resize
    """,
    "torchvision.transforms.v2": "ToImage ToDtype Compose",
    "torchvision.datasets": "MNIST ImageFolder CIFAR10 CIFAR100 FashionMNIST VOCDetection FakeData",
    "torchvision.models": "resnet18 resnet34 alexnet vgg11 vgg16 squeezenet1_0 mobilenet_v2 densenet121",
    "torchvision.models.mobilenet": "MobileNetV2 mobilenet_v2",
    "torchvision.models.resnet": "ResNet BasicBlock",
    "torchvision.ops": "nms batched_nms box_iou box_convert sigmoid_focal_loss StochasticDepth stochastic_depth",
    "torchvision.ops.boxes": "nms box_iou",
    "torchvision.ops.misc": "Conv2dNormActivation SqueezeExcitation FrozenBatchNorm2d",
    "torchvision.ops.stochastic_depth": "StochasticDepth",
    "torchvision.utils": "make_grid save_image",
    "torchvision.io": "read_image ImageReadMode",
}


def find(module, name):
    for part in name.split("."):
        module = getattr(module, part)
    return module


@pytest.mark.parametrize("module", NAMES)
def test_names_of_this_library(module):
    own = importlib.import_module(MODULES[module])
    for name in NAMES[module].split():
        find(own, name)  # or an AttributeError


@pytest.mark.parametrize("module", NAMES)
def test_names_under_as_torch_are_the_same_things(module):
    own = importlib.import_module(MODULES[module])
    with hidden_torch(), minitorch_cv.as_torch():
        alias = importlib.import_module(module)
        assert alias.__name__ == module
        for name in NAMES[module].split():
            if name != "__version__":
                assert find(alias, name) is find(own, name), name


@pytest.mark.parametrize("module", MODULES)
def test_every_module_can_be_imported(module):
    with hidden_torch(), minitorch_cv.as_torch():
        found = {}
        exec(f"from {module} import *", found)
        assert set(importlib.import_module(module).__all__) <= set(found)


@pytest.mark.parametrize("module", [m for m in MODULES if m.startswith("torch.") and "cuda.amp." not in m])
def test_the_modules_are_pytorchs(module):
    theirs = importlib.import_module(module)
    assert theirs.__name__ == module
