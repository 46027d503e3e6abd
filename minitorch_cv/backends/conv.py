"""How convolutions are computed: for teaching, tests and benchmarks."""

from contextlib import AbstractContextManager

from ..kernels import convolution as _kernels


def algorithm(name: str) -> AbstractContextManager[None]:
    """A context in which this thread's convolutions, forward and backward, prefer one algorithm.

    Args:     name: 'im2col', windows laid out as the columns of a matrix; 'direct', the same product without the
                  matrix; 'winograd', a quarter to a half of the multiplications, for 3x3 and 5x5 windows of stride 1;
                  'auto', the default, the fastest for the shape.
    Raises:   ValueError: for another name.

    Where the algorithm cannot compute a convolution, 'direct' does (float32, one group), or else 'im2col'. Depthwise
    convolutions have kernels of their own and are not affected. Results differ by rounding.

    Example:
        >>> import minitorch_cv as torch
        >>> x, weight = torch.ones(1, 1, 4, 4), torch.ones(1, 1, 3, 3)
        >>> with torch.backends.conv.algorithm("im2col"):
        ...     torch.nn.functional.conv2d(x, weight).sum()
        tensor(36.)
    """
    return _kernels.algorithm(name)
