"""Which of PyTorch's and torchvision's modules there are, and what to do about some that there are not."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from ..nn.conv import _Conv
from ..nn.losses_base import Loss, WeightedLoss
from .release_version import ReleaseVersion

# The releases whose names and behaviour the library follows.
TORCH_VERSION = ReleaseVersion("2.13.0+minitorch_cv")
TORCHVISION_VERSION = ReleaseVersion("0.28.0+minitorch_cv")

_TORCH = """
    accelerator amp amp.autocast_mode amp.grad_scaler
    autograd autograd.anomaly_mode=autograd.anomaly autograd.function autograd.grad_mode autograd.gradcheck
    autograd.variable
    backends backends.cuda backends.cudnn backends.mkldnn backends.mps
    compiler cuda cuda.amp cuda.amp.autocast_mode=cuda.amp cuda.amp.grad_scaler=cuda.amp distributed hub jit linalg mps
    nn nn.functional nn.init nn.parameter nn.utils onnx
    nn.modules=nn nn.modules.activation=nn.activation nn.modules.batchnorm=nn.batchnorm
    nn.modules.channelshuffle=nn.upsampling nn.modules.container=nn.containers nn.modules.conv=nn.conv
    nn.modules.distance=nn.distance nn.modules.dropout=nn.dropout nn.modules.flatten=nn.shape nn.modules.fold=nn.folding
    nn.modules.instancenorm=nn.instancenorm nn.modules.linear=nn.linear nn.modules.loss=nn
    nn.modules.module=nn.module nn.modules.normalization=nn.normalization nn.modules.padding=nn.padding
    nn.modules.pixelshuffle=nn.upsampling nn.modules.pooling=nn.pooling nn.modules.sparse=nn.embedding
    nn.modules.upsampling=nn.upsampling nn.modules.utils=nn.utils
    nn.parallel=nn.data_parallel nn.parallel.data_parallel=nn.data_parallel
    nn.utils.clip_grad nn.utils.convert_parameters nn.utils.parametrizations nn.utils.parametrize
    nn.utils.fusion nn.utils.rnn nn.utils.spectral_norm nn.utils.weight_norm
    optim optim.adadelta optim.adagrad optim.adam optim.adamax optim.adamw=optim.adam optim.lr_scheduler optim.nadam
    optim.optimizer optim.radam optim.rmsprop optim.sgd optim.swa_utils
    random return_types=types.return_types serialization special testing
    utils utils.data utils.data.dataloader utils.data.dataset utils.data.sampler
    version xpu
"""
_TORCHVISION = """
    datasets datasets.caltech datasets.cifar datasets.flowers102 datasets.folder datasets.mnist datasets.oxford_iiit_pet
    datasets.stl10 datasets.svhn datasets.vision datasets.voc
    io
    models models.alexnet models.densenet models.mobilenet=models.mobilenetv2 models.mobilenetv2 models.resnet
    models.squeezenet models.vgg
    ops ops.boxes=ops ops.diou_loss=ops.box_losses ops.focal_loss ops.giou_loss=ops.box_losses ops.misc=ops
    ops.stochastic_depth
    transforms transforms.autoaugment=transforms.auto_augment transforms.functional
    transforms.transforms=transforms transforms.v2 transforms.v2.functional
    tv_tensors utils
"""


def _modules(top: str, listed: str, package: str) -> dict[str, str]:
    """The full names of modules, and those of ours that they are: the same behind the first, or what follows `=`."""
    found = {top: package}
    for entry in listed.split():
        name, _, own = entry.partition("=")
        found[f"{top}.{name}"] = f"{package}.{own or name}"
    return found


MODULES = _modules("torch", _TORCH, "minitorch_cv") | _modules("torchvision", _TORCHVISION, "minitorch_cv.vision")


def _repeated(n: int) -> Callable[[Any], tuple]:
    """PyTorch's helper that makes a tuple of a number: 3 becomes (3, 3), a tuple stays."""
    return lambda value: tuple(value) if isinstance(value, Iterable) else (value,) * n


# Attributes that are others than those of the module that stands for PyTorch's.
ATTRIBUTES = {
    "torch.__version__": TORCH_VERSION,
    "torch.version.__version__": TORCH_VERSION,
    "torchvision.__version__": TORCHVISION_VERSION,
    # Private names that scripts import all the same.
    "torch.nn.modules.conv._ConvNd": _Conv,
    "torch.nn.modules.loss._Loss": Loss,
    "torch.nn.modules.loss._WeightedLoss": WeightedLoss,
    "torch.nn.modules.utils._single": _repeated(1),
    "torch.nn.modules.utils._pair": _repeated(2),
    "torch.nn.modules.utils._triple": _repeated(3),
}

_NO_RECURRENT = "this library is for images and has no recurrent layers"
_NO_REGIONS = (
    "this library has operations on boxes, but none that cut their regions out of maps; crop and F.interpolate"
)
_ONE_PROCESS = "training runs in one process here, on all its cores"
ADVICE = {
    "torch.complex64": "there are no complex tensors here",
    "torch.distributed": _ONE_PROCESS,
    "torch.fx": "models are not traced here",
    "torch.jit": "models are not compiled to TorchScript here; save model.state_dict()",
    "torch.multiprocessing": f"{_ONE_PROCESS}, and the DataLoader's workers are threads",
    "torch.nn.GRU": _NO_RECURRENT,
    "torch.nn.LSTM": _NO_RECURRENT,
    "torch.nn.RNN": _NO_RECURRENT,
    "torch.profiler": "use Python's cProfile, or python -m minitorch_cv summary for the work of each layer",
    "torch.utils.checkpoint": "activations are always kept here; take smaller batches to save memory",
    "torch.utils.data.distributed": _ONE_PROCESS,
    "torch.utils.model_zoo": "load a file with torch.load, or write models.NAME(weights=...)",
    "torch.utils.tensorboard": "minitorch_cv.training.fit writes curves and a report; or use the tensorboardX package",
    "torchvision.ops.RoIAlign": _NO_REGIONS,
    "torchvision.ops.RoIPool": _NO_REGIONS,
    "torchvision.ops.roi_align": _NO_REGIONS,
    "torchvision.ops.roi_pool": _NO_REGIONS,
    **dict.fromkeys(
        [f"torchvision.tv_tensors.{kind}" for kind in ("BoundingBoxes", "KeyPoints", "Mask", "Video")],
        "transforms here take images; apply torchvision.transforms.v2.functional to masks by hand",
    ),
}
