"""torch.backends: switches of PyTorch's that scripts set. There are no such backends here, so they change nothing."""

from . import cuda, cudnn, mkldnn, mps

__all__ = ["cuda", "cudnn", "mkldnn", "mps"]
