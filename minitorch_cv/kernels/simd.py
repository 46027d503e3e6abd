"""Vectors: VL float32 numbers that one instruction of the processor handles at once.

Inside a kernel, with a 1-d contiguous float32 array `a`, an index `i` and vectors `x`, `y`, `z`:

- `load(a, i)`, `store(a, i, x)`: a[i : i+VL]
- `load_part(a, i, n)`, `store_part(a, i, x, n)`: the first n lanes only; a load fills the others with 0.
  n may be 0 or less (nothing is touched) or VL or more (all lanes)
- `load_lanes(a, i, n)`, `store_lanes(a, i, x, n)`: the same, where n may also be None for all lanes; that is decided
  when the kernel is compiled, so that only kernels called with a number pay for the masks
- `equal_bytes(a, i, k, n)`, `store_bytes(a, i, x, n)`: of a uint8 array: the mask of the lanes where a[i : i+VL] is the
  integer k, false from lane n on; the lanes of x, whole numbers from 0 to 255, to a[i : i+VL]; n as for load_lanes
- `prefetch_to_store(a, i)`: have the line of the cache that holds a[i] at hand, to write to it soon; i may lie outside
- `splat(s)`: the number s (float32) in every lane
- `x + y`, `x - y`, `x * y`, `x / y`; `fma(x, y, z)` is x*y + z in one instruction; `sqrt(x)`, `absolute(x)`
- `x < y`, `x <= y`, `x > y`, `x >= y`, `x == y`, `x != y`: a mask, one bit a lane; as in NumPy, false where there is a
  NaN (`!=`: true). `select(mask, x, y)`: x where the mask is set, y elsewhere. `either(m, k)`: where one of two masks
  is set
- `maximum(x, y)`, `minimum(x, y)`: NaN where either is NaN, like PyTorch's
- `total(x)`: the sum of the lanes, always in the same order
- `rolled()`: said in a loop that runs a few times only: it is compiled as it stands. Otherwise LLVM prepares every loop
  for many turns, which costs more than a few turns take

Loops over plain numbers become vectors only where LLVM can prove that no two arrays overlap, which it rarely can; these
do by construction. Each operation is a line or two of LLVM's intermediate code that Numba puts in the kernel's place
(`intrinsic`); nothing is called at run time. With the JIT off, NumPy functions on arrays of VL numbers stand in.
"""

import operator
from collections.abc import Callable
from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils, config
from numba.extending import intrinsic, models, overload, register_model

from minitorch_cv.kernels.target import VL

FLOAT, INT1, INT32, INT64 = ir.FloatType(), ir.IntType(1), ir.IntType(32), ir.IntType(64)
VECTOR = ir.VectorType(FLOAT, VL)
_MASK = ir.VectorType(INT1, VL)
_LANES = ir.Constant(ir.VectorType(INT64, VL), list(range(VL)))
_ZERO = ir.Constant(VECTOR, [0.0] * VL)
# Multiply and add may be fused; NaN and infinity keep their meaning.
FLAGS = ("contract",)


class _VectorType(types.Type):  # type: ignore[misc]  # Numba has no type stubs
    def __init__(self) -> None:
        super().__init__(name=f"float32x{VL}")


class _MaskType(types.Type):  # type: ignore[misc]
    def __init__(self) -> None:
        super().__init__(name=f"bool_x{VL}")


vector, mask = _VectorType(), _MaskType()


@register_model(_VectorType)
class _VectorModel(models.PrimitiveModel):  # type: ignore[misc]
    def __init__(self, manager: Any, numba_type: Any) -> None:
        super().__init__(manager, numba_type, VECTOR)


@register_model(_MaskType)
class _MaskModel(models.PrimitiveModel):  # type: ignore[misc]
    def __init__(self, manager: Any, numba_type: Any) -> None:
        super().__init__(manager, numba_type, _MASK)


# Building blocks of LLVM code, for this file and microkernel.py


def address(context: Any, builder: Any, array_type: Any, array: Any, index: Any) -> Any:
    """A pointer to array[index]."""
    return builder.gep(context.make_array(array_type)(context, builder, array).data, [index])


def as_vector(builder: Any, pointer: Any) -> Any:
    """A pointer to float32 as a pointer to a vector."""
    return builder.bitcast(pointer, VECTOR.as_pointer())


def broadcast(builder: Any, value: Any) -> Any:
    """A vector of one value in every lane."""
    kind = ir.VectorType(value.type, VL)
    nothing = ir.Constant(kind, ir.Undefined)
    first = builder.insert_element(nothing, value, INT32(0))
    return builder.shuffle_vector(first, nothing, ir.Constant(ir.VectorType(INT32, VL), [0] * VL))


def first_lanes(builder: Any, count: Any) -> Any:
    """The mask whose first `count` lanes are set."""
    return builder.icmp_signed("<", _LANES, broadcast(builder, count))


def llvm_function(builder: Any, name: str, result: Any, *arguments: Any) -> Any:
    """One of LLVM's own functions, such as llvm.sqrt."""
    return cgutils.get_or_insert_function(builder.module, ir.FunctionType(result, arguments), name)


def multiply_add(builder: Any, x: Any, y: Any, z: Any) -> Any:
    """x*y + z, fused where the processor can."""
    return builder.call(llvm_function(builder, f"llvm.fmuladd.v{VL}f32", VECTOR, VECTOR, VECTOR, VECTOR), [x, y, z])


def load_masked(builder: Any, pointer: Any, lanes: Any) -> Any:
    """The lanes of the mask from memory, 0 in the others."""
    load = llvm_function(builder, f"llvm.masked.load.v{VL}f32.p0", VECTOR, VECTOR.as_pointer(), INT32, _MASK, VECTOR)
    return builder.call(load, [as_vector(builder, pointer), INT32(4), lanes, _ZERO])


def store_masked(builder: Any, value: Any, pointer: Any, lanes: Any) -> None:
    """The lanes of the mask to memory."""
    kinds = (ir.VoidType(), VECTOR, VECTOR.as_pointer(), INT32, _MASK)
    store = llvm_function(builder, f"llvm.masked.store.v{VL}f32.p0", *kinds)
    builder.call(store, [value, as_vector(builder, pointer), INT32(4), lanes])


def instruction(stand_in: Callable[..., Any]) -> Callable[[Callable[..., Any]], Any]:
    """Decorator for the LLVM code of an instruction; with the JIT off, `stand_in` takes its place."""

    def decorate(definition: Callable[..., Any]) -> Any:
        return stand_in if config.DISABLE_JIT else intrinsic(definition)  # type: ignore[attr-defined]

    return decorate


# Memory


def _load_part(a: np.ndarray, i: int, n: int) -> np.ndarray:
    n = min(max(n, 0), VL)
    return np.concatenate((a[i : i + n], np.zeros(VL - n, np.float32)))


def _store(a: np.ndarray, i: int, x: np.ndarray) -> None:
    a[i : i + VL] = x


def _store_part(a: np.ndarray, i: int, x: np.ndarray, n: int) -> None:
    n = min(max(n, 0), VL)
    a[i : i + n] = x[:n]


@instruction(lambda a, i: a[i : i + VL].copy())
def load(typing_context, a, i):
    def generate(context, builder, signature, arguments):
        pointer = address(context, builder, signature.args[0], *arguments)
        return builder.load(as_vector(builder, pointer), align=4)

    return vector(a, types.intp), generate


@instruction(_load_part)
def load_part(typing_context, a, i, n):
    def generate(context, builder, signature, arguments):
        array, index, count = arguments
        pointer = address(context, builder, signature.args[0], array, index)
        return load_masked(builder, pointer, first_lanes(builder, count))

    return vector(a, types.intp, types.intp), generate


@instruction(_store)
def store(typing_context, a, i, x):
    def generate(context, builder, signature, arguments):
        array, index, value = arguments
        pointer = address(context, builder, signature.args[0], array, index)
        builder.store(value, as_vector(builder, pointer), align=4)
        return context.get_dummy_value()

    return types.void(a, types.intp, vector), generate


@instruction(_store_part)
def store_part(typing_context, a, i, x, n):
    def generate(context, builder, signature, arguments):
        array, index, value, count = arguments
        pointer = address(context, builder, signature.args[0], array, index)
        store_masked(builder, value, pointer, first_lanes(builder, count))
        return context.get_dummy_value()

    return types.void(a, types.intp, vector, types.intp), generate


@instruction(lambda a, i: None)
def prefetch_to_store(typing_context, a, i):
    def generate(context, builder, signature, arguments):
        pointer = address(context, builder, signature.args[0], *arguments)
        prefetch = llvm_function(builder, "llvm.prefetch.p0", ir.VoidType(), pointer.type, INT32, INT32, INT32)
        builder.call(prefetch, [pointer, INT32(1), INT32(3), INT32(1)])  # to write, keep in all caches, data
        return context.get_dummy_value()

    return types.void(a, types.intp), generate


def _store_lanes(a: np.ndarray, i: int, x: np.ndarray, n: int | None) -> None:
    _store_part(a, i, x, VL if n is None else n)


@instruction(lambda a, i, n: _load_part(a, i, VL if n is None else n))
def load_lanes(typing_context, a, i, n):
    def generate(context, builder, signature, arguments):
        array, index, count = arguments
        pointer = address(context, builder, signature.args[0], array, index)
        if signature.args[2] == types.none:
            return builder.load(as_vector(builder, pointer), align=4)
        return load_masked(builder, pointer, first_lanes(builder, count))

    return vector(a, types.intp, _count_type(n)), generate


@instruction(_store_lanes)
def store_lanes(typing_context, a, i, x, n):
    def generate(context, builder, signature, arguments):
        array, index, value, count = arguments
        pointer = address(context, builder, signature.args[0], array, index)
        if signature.args[3] == types.none:
            builder.store(value, as_vector(builder, pointer), align=4)
        else:
            store_masked(builder, value, pointer, first_lanes(builder, count))
        return context.get_dummy_value()

    return types.void(a, types.intp, vector, _count_type(n)), generate


def _count_type(n: Any) -> Any:
    """The type in which a number of lanes is passed."""
    return types.none if n == types.none else types.intp


# Bytes

_BYTE = ir.IntType(8)
_BYTES = ir.VectorType(_BYTE, VL)


def _equal_bytes(a: np.ndarray, i: int, k: int, n: int | None) -> np.ndarray:
    n = VL if n is None else min(max(n, 0), VL)
    return np.concatenate((a[i : i + n] == k, np.zeros(VL - n, bool)))


@instruction(_equal_bytes)
def equal_bytes(typing_context, a, i, k, n):
    def generate(context, builder, signature, arguments):
        array, index, wanted, count = arguments
        pointer = address(context, builder, signature.args[0], array, index)
        pointer = builder.bitcast(pointer, _BYTES.as_pointer())
        wanted = broadcast(builder, builder.trunc(wanted, _BYTE))
        if signature.args[3] == types.none:
            return builder.icmp_unsigned("==", builder.load(pointer, align=1), wanted)
        lanes = first_lanes(builder, count)
        kinds = (_BYTES, _BYTES.as_pointer(), INT32, _MASK, _BYTES)
        masked_load = llvm_function(builder, f"llvm.masked.load.v{VL}i8.p0", *kinds)
        nothing = ir.Constant(_BYTES, [0] * VL)
        found = builder.call(masked_load, [pointer, INT32(1), lanes, nothing])
        return builder.and_(lanes, builder.icmp_unsigned("==", found, wanted))

    return mask(a, types.intp, types.intp, _count_type(n)), generate


@instruction(_store_lanes)
def store_bytes(typing_context, a, i, x, n):
    def generate(context, builder, signature, arguments):
        array, index, value, count = arguments
        pointer = address(context, builder, signature.args[0], array, index)
        pointer = builder.bitcast(pointer, _BYTES.as_pointer())
        # By way of 32 bits, for which every processor has an instruction.
        whole = builder.trunc(builder.fptosi(value, ir.VectorType(INT32, VL)), _BYTES)
        if signature.args[3] == types.none:
            builder.store(whole, pointer, align=1)
        else:
            kinds = (ir.VoidType(), _BYTES, _BYTES.as_pointer(), INT32, _MASK)
            masked_store = llvm_function(builder, f"llvm.masked.store.v{VL}i8.p0", *kinds)
            builder.call(masked_store, [whole, pointer, INT32(1), first_lanes(builder, count)])
        return context.get_dummy_value()

    return types.void(a, types.intp, vector, _count_type(n)), generate


@instruction(lambda s: np.full(VL, s, np.float32))
def splat(typing_context, s):
    def generate(context, builder, signature, arguments):
        return broadcast(builder, arguments[0])

    return vector(types.float32), generate


# Arithmetic


@instruction(lambda x, y, z: x * y + z)
def fma(typing_context, x, y, z):
    def generate(context, builder, signature, arguments):
        return multiply_add(builder, *arguments)

    return vector(vector, vector, vector), generate


def _unary(stand_in: Callable[..., Any], name: str) -> Any:
    @instruction(stand_in)
    def function(typing_context, x):
        def generate(context, builder, signature, arguments):
            return builder.call(llvm_function(builder, f"llvm.{name}.v{VL}f32", VECTOR, VECTOR), arguments)

        return vector(vector), generate

    return function


sqrt = _unary(np.sqrt, "sqrt")
absolute = _unary(np.abs, "fabs")


@instruction(np.where)
def select(typing_context, condition, x, y):
    def generate(context, builder, signature, arguments):
        return builder.select(*arguments)

    return vector(mask, vector, vector), generate


@instruction(np.logical_or)
def either(typing_context, m, k):
    def generate(context, builder, signature, arguments):
        return builder.or_(*arguments)

    return mask(mask, mask), generate


@instruction(lambda: None)
def rolled(typing_context):  # type: ignore[no-untyped-def]
    def generate(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
        # No machine code; a call that is marked so may not be moved out of its loop's turns or share one with others.
        builder.call(llvm_function(builder, "llvm.sideeffect", ir.VoidType()), [], attrs=("convergent",))
        return context.get_dummy_value()

    return types.void(), generate


def _larger(stand_in: Callable[..., Any], comparison: str) -> Any:
    @instruction(stand_in)
    def function(typing_context, x, y):
        def generate(context, builder, signature, arguments):
            x, y = arguments
            # The unordered comparison holds for a NaN on either side: x is then taken, unless y is the NaN.
            chosen = builder.select(builder.fcmp_unordered(comparison, x, y), x, y)
            return builder.select(builder.fcmp_unordered("uno", y, y), y, chosen)

        return vector(vector, vector), generate

    return function


maximum = _larger(np.maximum, ">")
minimum = _larger(np.minimum, "<")


def _halves(x: np.ndarray) -> np.float32:
    while len(x) > 1:
        x = x[: len(x) // 2] + x[len(x) // 2 :]
    return x[0]


@instruction(_halves)
def total(typing_context, x):
    def generate(context, builder, signature, arguments):
        (value,) = arguments
        half = VL // 2
        while half:  # the upper half onto the lower, until one lane is left
            nothing = ir.Constant(value.type, ir.Undefined)
            lower, upper = (
                builder.shuffle_vector(
                    value, nothing, ir.Constant(ir.VectorType(INT32, half), list(range(start, start + half)))
                )
                for start in (0, half)
            )
            value = builder.fadd(lower, upper)
            half //= 2
        return builder.extract_element(value, INT32(0))

    return types.float32(vector), generate


# Operators


def _operator(symbol: Callable[..., Any], result: Any, emit: Callable[[Any, Any, Any], Any]) -> None:
    @intrinsic
    def function(typing_context, x, y):
        def generate(context, builder, signature, arguments):
            return emit(builder, *arguments)

        return result(vector, vector), generate

    @overload(symbol)
    def _(x, y):
        return (lambda x, y: function(x, y)) if x == vector and y == vector else None


if not config.DISABLE_JIT:  # type: ignore[attr-defined]  # NumPy arrays have operators of their own
    _operator(operator.add, vector, lambda b, x, y: b.fadd(x, y, flags=FLAGS))
    _operator(operator.sub, vector, lambda b, x, y: b.fsub(x, y, flags=FLAGS))
    _operator(operator.mul, vector, lambda b, x, y: b.fmul(x, y, flags=FLAGS))
    _operator(operator.truediv, vector, lambda b, x, y: b.fdiv(x, y))
    _operator(operator.lt, mask, lambda b, x, y: b.fcmp_ordered("<", x, y))
    _operator(operator.le, mask, lambda b, x, y: b.fcmp_ordered("<=", x, y))
    _operator(operator.gt, mask, lambda b, x, y: b.fcmp_ordered(">", x, y))
    _operator(operator.ge, mask, lambda b, x, y: b.fcmp_ordered(">=", x, y))
    _operator(operator.eq, mask, lambda b, x, y: b.fcmp_ordered("==", x, y))
    _operator(operator.ne, mask, lambda b, x, y: b.fcmp_unordered("!=", x, y))
