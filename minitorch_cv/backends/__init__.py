"""torch.backends: how convolutions are computed (`conv`), and switches of PyTorch's that change nothing here."""

from . import conv, cuda, cudnn, mkldnn, mps

__all__ = ["conv", "cuda", "cudnn", "mkldnn", "mps"]
