"""Matrix products: matmul in all its ranks, mm, bmm, mv, dot, outer, addmm, addmv, addr, baddbmm; and trace."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np

from ..autograd.operation import Array, Operation
from ..autograd.variable import V, Variable
from ..kernels.matrix_product import matrix_product
from .arguments import as_number, broadcast_shape, check_tensor, dtype_of_operands, to_dtype, unbroadcast
from .c_names import C_NAMES
from .numbers import number_array
from .pointwise import refuse_bool
from .reshaping import squeeze, unsqueeze

_NODES = {(1, 1): "DotBackward0", (2, 1): "MvBackward0", (2, 2): "MmBackward0", (3, 3): "BmmBackward0"}


class Matmul(Operation):
    """a @ b. A vector is a row on the left and a column on the right; batches broadcast."""

    def name(self) -> str:
        """As PyTorch, which has a node for each pair of ranks."""
        return _NODES.get((len(self.a_shape), len(self.b_shape)), "UnsafeViewBackward0")

    def forward(self, a: Array, b: Array) -> Array:
        self.a_shape, self.b_shape = a.shape, b.shape
        self.a: Any = a if self.needs_grad[1] else None
        self.b: Any = b if self.needs_grad[0] else None
        vectors = (-2,) * (a.ndim == 1) + (-1,) * (b.ndim == 1)
        return _product(_as_matrices(a, -2), _as_matrices(b, -1)).squeeze(vectors)

    def backward(self, grad_out: Array) -> tuple:
        a_vector, b_vector = len(self.a_shape) == 1, len(self.b_shape) == 1
        grad = np.expand_dims(grad_out, (-2,) * a_vector + (-1,) * b_vector)  # (..., n, p)
        grad_a = grad_b = None
        if self.needs_grad[0]:  # (..., n, p) @ (..., p, m)
            grad_a = _product(grad, np.swapaxes(_as_matrices(self.b, -1), -1, -2))
            grad_a = unbroadcast(grad_a.squeeze(-2) if a_vector else grad_a, self.a_shape)
        if self.needs_grad[1]:  # (..., m, n) @ (..., n, p)
            a = _as_matrices(self.a, -2)
            if len(self.b_shape) <= 2 and a.ndim > 2:  # one product sums over the batch as well
                a, grad = _rows(a), _rows(grad)
            grad_b = matrix_product(np.swapaxes(a, -1, -2), grad)
            grad_b = unbroadcast(grad_b.squeeze(-1) if b_vector else grad_b, self.b_shape)
        return grad_a, grad_b


def _as_matrices(x: Array, new_axis: int) -> Array:
    return np.expand_dims(x, new_axis) if x.ndim == 1 else x


def _product(a: Array, b: Array) -> Array:
    """(..., n, m) @ (..., m, p); a batch times one matrix is one product of many rows."""
    if b.ndim == 2 and a.ndim > 2:
        return matrix_product(_rows(a), b).reshape(*a.shape[:-1], b.shape[-1])
    return matrix_product(a, b)


def _rows(x: Array) -> Array:
    """All matrices of a batch under one another."""
    return x.reshape(prod(x.shape[:-1]), x.shape[-1])


@dataclass(eq=False, repr=False)
class Addmm(Operation):
    """beta * x + alpha * (a @ b), of matrices or batches of them; with beta = 0 x does not count, not even its NaN."""

    beta: Array
    alpha: Array

    def forward(self, x: Array, a: Array, b: Array) -> Array:
        self.x_shape = x.shape
        self.a: Any = a if self.needs_grad[2] else None
        self.b: Any = b if self.needs_grad[1] else None
        product = matrix_product(a, b) * self.alpha
        return product if self.beta == 0 else product + x * self.beta

    def backward(self, grad_out: Array) -> tuple:
        scaled = grad_out * self.alpha
        return (
            unbroadcast(grad_out * self.beta, self.x_shape) if self.needs_grad[0] else None,
            matrix_product(scaled, np.swapaxes(self.b, -1, -2)) if self.needs_grad[1] else None,
            matrix_product(np.swapaxes(self.a, -1, -2), scaled) if self.needs_grad[2] else None,
        )


class Baddbmm(Addmm):
    """beta * x + alpha * (a @ b) of batches."""


class Outer(Operation):
    """The product of each element of a with each of b."""

    torch_name = "MulBackward0"

    def forward(self, a: Array, b: Array) -> Array:
        self.a: Any = a if self.needs_grad[1] else None
        self.b: Any = b if self.needs_grad[0] else None
        return a[:, None] * b

    def backward(self, grad_out: Array) -> tuple:
        return (
            matrix_product(grad_out, self.b) if self.needs_grad[0] else None,
            matrix_product(self.a, grad_out) if self.needs_grad[1] else None,
        )


class Trace(Operation):
    """The sum of the diagonal; of integers in int64."""

    def forward(self, x: Array) -> Array:
        self.shape = x.shape
        return np.trace(x, dtype=x.dtype if x.dtype.kind == "f" else np.int64)

    def backward(self, grad_out: Array) -> Array:
        return np.eye(*self.shape, dtype=grad_out.dtype) * grad_out


def _shape_text(shape: tuple[int, ...]) -> str:
    return "x".join(map(str, shape))


def _same_dtype(message: str, a: Variable, b: Variable, lower: bool = False) -> None:
    """Raise unless both have one dtype; the message takes the names of the two."""
    if a.array.dtype != b.array.dtype:
        names = [C_NAMES[t.dtype] if lower else t.dtype.tensor_type for t in (a, b)]
        raise RuntimeError(message.format(*names) + ". Convert one with .to(dtype).")


def _check_product(op_name: str, a: Variable, b: Variable) -> None:
    """Raise unless a @ b has a meaning."""
    x, y = a.array.shape, b.array.shape
    if not x or not y:
        raise RuntimeError(
            f"{op_name}: both arguments to matmul need to be at least 1D, but they are {len(x)}D and {len(y)}D"
        )
    refuse_bool(op_name, a)
    if len(x) == len(y) == 1:
        _same_dtype(f"{op_name}: dot : expected both vectors to have same dtype, but found {{}} and {{}}", a, b)
        if x != y:
            raise RuntimeError(
                f"{op_name}: inconsistent tensor size, expected tensor [{x[0]}] and src [{y[0]}] to have the same "
                f"number of elements, but got {x[0]} and {y[0]} elements respectively"
            )
        return
    _same_dtype(f"{op_name}: expected m1 and m2 to have the same dtype, but got: {{}} != {{}}", a, b, lower=True)
    matches = x[-1] == (y[-2] if len(y) > 1 else y[0])
    if not matches and len(y) == 1:
        rows = prod(x[:-1])
        raise RuntimeError(
            f"{op_name}: size mismatch, got input ({rows}), mat ({rows}x{x[-1]}), vec ({y[0]}); the shapes are "
            f"{list(x)} and {list(y)}"
        )
    if not matches and len(y) == 2:
        raise RuntimeError(
            f"{op_name}: mat1 and mat2 shapes cannot be multiplied ({prod(x[:-1])}x{x[-1]} and {_shape_text(y)})"
            + (f"; mat1 is {list(x)}" if len(x) != 2 else "")
        )
    batch = broadcast_shape(op_name, x[:-2], y[:-2])
    if not matches:
        raise RuntimeError(
            f"{op_name}: Expected size for first two dimensions of batch2 tensor to be: [{prod(batch)}, {x[-1]}] but "
            f"got: [{prod(batch)}, {y[-2]}]. The shapes are {list(x)} and {list(y)}."
        )


def matmul(input: V, other: Variable) -> V:
    """The matrix product input @ other (torch.matmul).

    Args:     input, other: (m,) and (m,): their dot product. (n, m) and (m,): a vector (n,). (m,) and (m, p): (p,).
                  (n, m) and (m, p): (n, p). (..., n, m) and (..., m, p): (..., n, p), where the dimensions before
                  the last two broadcast. One dtype, not bool.
    Raises:   RuntimeError: if the shapes or dtypes do not go together.
    """
    check_tensor("matmul", input)
    check_tensor("matmul", other, "other")
    _check_product("matmul", input, other)
    return Matmul()(input, other)


def mm(input: V, mat2: Variable) -> V:
    """The product of two matrices, (n, m) and (m, p) (torch.mm).

    Raises:   RuntimeError: if the shapes or dtypes do not go together.
    """
    check_tensor("mm", input)
    check_tensor("mm", mat2, "mat2")
    for name, tensor in (("self", input), ("mat2", mat2)):
        if tensor.array.ndim != 2:
            raise RuntimeError(f"mm: {name} must be a matrix, got {tensor.array.ndim}-D tensor; use matmul")
    _check_product("mm", input, mat2)
    return Matmul()(input, mat2)


def _check_batches(op_name: str, batch1: Variable, batch2: Variable) -> None:
    for name, tensor in (("batch1", batch1), ("batch2", batch2)):
        if tensor.array.ndim != 3:
            raise RuntimeError(f"{op_name}: {name} must be a 3D tensor, got {list(tensor.array.shape)}")
    refuse_bool(op_name, batch1)
    _same_dtype(f"{op_name}: expected scalar type {{}} but found {{}}", batch1, batch2)
    expected = [batch1.array.shape[0], batch1.array.shape[2]]
    if list(batch2.array.shape[:2]) != expected:
        raise RuntimeError(
            f"{op_name}: Expected size for first two dimensions of batch2 tensor to be: {expected} but got: "
            f"{list(batch2.array.shape[:2])}."
        )


def bmm(input: V, mat2: Variable) -> V:
    """The products of a batch of matrices, (b, n, m) and (b, m, p); the batch does not broadcast (torch.bmm).

    Raises:   RuntimeError: if the shapes or dtypes do not go together.
    """
    check_tensor("bmm", input)
    check_tensor("bmm", mat2, "mat2")
    _check_batches("bmm", input, mat2)
    return Matmul()(input, mat2)


def mv(input: V, vec: Variable) -> V:
    """The product of a matrix (n, m) and a vector (m,) (torch.mv).

    Raises:   RuntimeError: if the shapes or dtypes do not go together.
    """
    check_tensor("mv", input)
    check_tensor("mv", vec, "vec")
    if (input.array.ndim, vec.array.ndim) != (2, 1):
        raise RuntimeError(
            f"mv: vector + matrix @ vector expected, got a matrix of {input.array.ndim} and a vector of "
            f"{vec.array.ndim} dimensions"
        )
    _check_product("mv", input, vec)
    return Matmul()(input, vec)


def dot(input: V, tensor: Variable) -> V:
    """The dot product of two vectors (torch.dot).

    Raises:   RuntimeError: if they are not vectors of one length and dtype.
    """
    check_tensor("dot", input)
    check_tensor("dot", tensor, "tensor")
    if (input.array.ndim, tensor.array.ndim) != (1, 1):
        raise RuntimeError(f"dot: 1D tensors expected, but got {input.array.ndim}D and {tensor.array.ndim}D tensors")
    _check_product("dot", input, tensor)
    return Matmul()(input, tensor)


def outer(input: V, vec2: Variable) -> V:
    """The product of each element of one vector with each of another, (n, m) (torch.outer).

    Raises:   RuntimeError: if they are not vectors.
    """
    check_tensor("outer", input)
    check_tensor("outer", vec2, "vec2")
    for name, vector in (("self", input), ("vec2", vec2)):
        if vector.array.ndim != 1:
            raise RuntimeError(f"outer: Expected 1-D argument {name}, but got {vector.array.ndim}-D")
    d = dtype_of_operands("outer", input, vec2)
    return Outer()(to_dtype(input, d), to_dtype(vec2, d))


def trace(input: V) -> V:
    """The sum of a matrix's diagonal; of integers in int64 (torch.trace).

    Raises:   RuntimeError: if it is not a matrix.
    """
    refuse_bool("trace", input)
    if input.array.ndim != 2:
        raise RuntimeError(f"trace: expected a matrix, but got tensor with dim {input.array.ndim}")
    return Trace()(input)


def _add_product(
    op_name: str, op: type[Addmm], input: Variable, a: Variable, b: Variable, beta: Any, alpha: Any
) -> tuple[Addmm, Variable, Variable, Variable]:
    """The operation and its operands, checked."""
    beta, alpha = as_number(op_name, "beta", beta), as_number(op_name, "alpha", alpha)
    _same_dtype(f"{op_name}: self and mat2 must have the same dtype, but got {{}} and {{}}", input, b)
    target = (*a.array.shape[:-1], b.array.shape[-1])
    shape = input.array.shape
    aligned = (1,) * (len(target) - len(shape)) + tuple(shape)
    for d, (n, wanted) in enumerate(zip(aligned, target)):
        if n not in (1, wanted) or len(aligned) > len(target):
            raise RuntimeError(
                f"{op_name}: The expanded size of the tensor ({wanted}) must match the existing size ({n}) at "
                f"non-singleton dimension {d}.  Target sizes: {list(target)}.  Tensor sizes: {list(shape)}"
            )
    return op(number_array(op_name, beta, input.dtype), number_array(op_name, alpha, input.dtype)), input, a, b


def _addmm(op_name: str, input: Any, mat1: Any, mat2: Any, beta: Any, alpha: Any) -> Any:
    check_tensor(op_name, input)
    for name, tensor in (("mat1", mat1), ("mat2", mat2)):
        check_tensor(op_name, tensor, name)
        if tensor.array.ndim != 2:
            raise RuntimeError(f"{op_name}: {name} must be a matrix, got {tensor.array.ndim}-D tensor")
    _check_product(op_name, mat1, mat2)
    return _add_product(op_name, Addmm, input, mat1, mat2, beta, alpha)


def addmm(input: V, mat1: Variable, mat2: Variable, *, beta: float = 1, alpha: float = 1) -> V:
    """beta * input + alpha * (mat1 @ mat2) (torch.addmm).

    Args:     input: broadcasts to (n, p).
              mat1, mat2: (n, m) and (m, p), in one dtype with input.
              beta: 0 leaves input out, whatever is in it.
    Raises:   RuntimeError: if the shapes or dtypes do not go together.
    """
    op, *operands = _addmm("addmm", input, mat1, mat2, beta, alpha)
    return op(*operands)


def addmm_(input: V, mat1: Variable, mat2: Variable, *, beta: float = 1, alpha: float = 1) -> V:
    """Take beta * input + alpha * (mat1 @ mat2), in place."""
    op, *operands = _addmm("addmm_", input, mat1, mat2, beta, alpha)
    return op.inplace(*operands)


def _baddbmm(op_name: str, input: Any, batch1: Any, batch2: Any, beta: Any, alpha: Any) -> Any:
    check_tensor(op_name, input)
    check_tensor(op_name, batch1, "batch1")
    check_tensor(op_name, batch2, "batch2")
    _check_batches(op_name, batch1, batch2)
    return _add_product(op_name, Baddbmm, input, batch1, batch2, beta, alpha)


def baddbmm(input: V, batch1: Variable, batch2: Variable, *, beta: float = 1, alpha: float = 1) -> V:
    """beta * input + alpha * (batch1 @ batch2) (torch.baddbmm).

    Args:     input: broadcasts to (b, n, p).
              batch1, batch2: (b, n, m) and (b, m, p), in one dtype with input.
              beta: 0 leaves input out, whatever is in it.
    Raises:   RuntimeError: if the shapes or dtypes do not go together.
    """
    op, *operands = _baddbmm("baddbmm", input, batch1, batch2, beta, alpha)
    return op(*operands)


def baddbmm_(input: V, batch1: Variable, batch2: Variable, *, beta: float = 1, alpha: float = 1) -> V:
    """Take beta * input + alpha * (batch1 @ batch2), in place."""
    op, *operands = _baddbmm("baddbmm_", input, batch1, batch2, beta, alpha)
    return op.inplace(*operands)


def _check_addmv(op_name: str, input: Any, mat: Any, vec: Any) -> None:
    for name, operand in (("input", input), ("mat", mat), ("vec", vec)):
        check_tensor(op_name, operand, name)
    if mat.array.ndim != 2 or vec.array.ndim != 1 or input.array.ndim > 1:
        dims = [t.array.ndim for t in (input, mat, vec)]
        raise RuntimeError(
            f"{op_name}: vector + matrix @ vector expected, got {dims[0]}, {dims[1]}, {dims[2]} dimensions"
        )


def _check_addr(op_name: str, input: Any, vec1: Any, vec2: Any) -> None:
    check_tensor(op_name, input)
    for name, vector in (("vec1", vec1), ("vec2", vec2)):
        check_tensor(op_name, vector, name)
        if vector.array.ndim != 1:
            raise RuntimeError(f"{op_name}: Expected 1-D argument {name}, but got {vector.array.ndim}-D")


def addmv(input: V, mat: Variable, vec: Variable, *, beta: float = 1, alpha: float = 1) -> V:
    """beta * input + alpha * (mat @ vec) (torch.addmv); as addmm."""
    _check_addmv("addmv", input, mat, vec)
    column = unsqueeze(input, -1) if input.array.ndim else input
    return squeeze(addmm(column, mat, unsqueeze(vec, -1), beta=beta, alpha=alpha), -1)


def addmv_(input: V, mat: Variable, vec: Variable, *, beta: float = 1, alpha: float = 1) -> V:
    """Take beta * input + alpha * (mat @ vec), in place."""
    _check_addmv("addmv_", input, mat, vec)
    if input.array.shape != mat.array.shape[:1]:
        raise RuntimeError(
            f"addmv_: input is written to and must have shape {list(mat.array.shape[:1])}, but has "
            f"{list(input.array.shape)}"
        )
    addmm_(unsqueeze(input, -1), mat, unsqueeze(vec, -1), beta=beta, alpha=alpha)
    return input


def addr(input: V, vec1: Variable, vec2: Variable, *, beta: float = 1, alpha: float = 1) -> V:
    """beta * input + alpha * outer(vec1, vec2) (torch.addr); as addmm."""
    _check_addr("addr", input, vec1, vec2)
    return addmm(input, unsqueeze(vec1, 1), unsqueeze(vec2, 0), beta=beta, alpha=alpha)


def addr_(input: V, vec1: Variable, vec2: Variable, *, beta: float = 1, alpha: float = 1) -> V:
    """Take beta * input + alpha * outer(vec1, vec2), in place."""
    _check_addr("addr_", input, vec1, vec2)
    return addmm_(input, unsqueeze(vec1, 1), unsqueeze(vec2, 0), beta=beta, alpha=alpha)
