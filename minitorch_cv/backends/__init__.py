"""torch.backends: how convolutions are computed (`conv`), what memory is kept (`memory`), and switches of PyTorch's
that change nothing here."""

from . import conv, cuda, cudnn, memory, mkldnn, mps

__all__ = ["conv", "cuda", "cudnn", "memory", "mkldnn", "mps"]
