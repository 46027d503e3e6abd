"""The part of the thread team that is compiled: a kernel hands out parts of its range, helpers take them.

A kernel whose work can be shared begins like this:

    @kernel
    def add(team, size, first, last, a, b, out):
        if share(team, size, first, last):
            return
        for i in range(first, last): ...

From Python it is called with the whole range, the size of a part and the address of a team's board (_threads.py has
both). `share` then puts a note on the board: the address of this kernel and of the arguments it was called with. The
caller and the helpers take parts until none is left, each calling the kernel again with the range of a part. `team` is
then not an address, but 0 or minus the number of the worker, and `share` says False: the part is to be computed. It
says so, too, if there is only one part or somebody else has a note on the board: the caller does all of it alone.

Why not a Python thread pool: to hand over a Python function takes ten microseconds, as each thread needs the
interpreter's lock to begin. Here no Python runs between two parts, handing over takes less than one microsecond, and
kernels of twenty microseconds are worth sharing. What takes time is left to the operating system: a helper that has
looked at the board for a millisecond in vain goes to sleep, and while it looks it now and then lets others have its
processor, one of which may be the caller.

The board is an int64 array. Each word that is written often has a cache line to itself, so that who waits for one does
not slow down who writes another. All of them are read and written atomically, in one order for all threads:

- SEQUENCE counts the notes, so that helpers see that there is a new one
- BUSY is 1 from the time a caller begins a note until it has the board for itself again
- OPEN is 1 while parts may be taken
- INSIDE counts the helpers that have seen a note and not yet left. One enters, then looks whether OPEN is set; the
  caller clears OPEN, then waits until INSIDE is 0: so either sees the other, and nobody reads a note that has gone
- TAKEN counts the parts that were taken, SEATS the helpers that may still join, BACK the parts that helpers took
- HELPERS is how many may join a note, CALLS counts calls of Python functions (_threads.py)

The caller takes parts from the front and helpers from the back: so a core finds much of what it works on in its own
cache, where it left it as it worked on the same part of an array before.
"""

import platform
import sys
import time

import numpy as np
from llvmlite import ir
from numba import types
from numba.core import config
from numba.extending import intrinsic

from minitorch_cv.kernels._jit import kernel
from minitorch_cv.kernels.simd import INT32, INT64, instruction, llvm_function

LINE = 64  # bytes of a cache line
SEQUENCE, BUSY, OPEN, INSIDE, TAKEN, BACK, SEATS, HELPERS, CALLS = (LINE * i for i in range(9))
_NOTE = LINE * 9
_KERNEL, _ARGUMENTS, _FIRST, _LAST, _SIZE = (_NOTE + 8 * i for i in range(5))
_WORDS = LINE * 11 // 8  # with room to begin at a cache line

_LOOKS_BEFORE_YIELD = 1000  # at a helper that is not done: the operating system may have put it aside
_LOOKS_PER_YIELD = 64  # for a note: the operating system may have put the caller aside, to run this very helper
_OFFSETS = 4  # of a kernel's arguments: team, size, first, last


def _pointer(builder, address):
    return builder.inttoptr(address, INT64.as_pointer())


@instruction(lambda address: 0)
def _read(typing_context, address):
    """The word at an address."""

    def generate(context, builder, signature, arguments):
        return builder.load_atomic(_pointer(builder, arguments[0]), "seq_cst", 8)

    return types.int64(types.int64), generate


@instruction(lambda address, value: None)
def _write(typing_context, address, value):
    """Set the word at an address."""

    def generate(context, builder, signature, arguments):
        builder.store_atomic(arguments[1], _pointer(builder, arguments[0]), "seq_cst", 8)
        return context.get_dummy_value()

    return types.void(types.int64, types.int64), generate


@instruction(lambda address, value: 0)
def _add(typing_context, address, value):
    """Add to the word at an address; what it was before."""

    def generate(context, builder, signature, arguments):
        return builder.atomic_rmw("add", _pointer(builder, arguments[0]), arguments[1], "seq_cst")

    return types.int64(types.int64, types.int64), generate


@instruction(lambda address: True)
def _seize(typing_context, address):
    """Turn the word at an address from 0 to 1; whether it was 0."""

    def generate(context, builder, signature, arguments):
        pointer = _pointer(builder, arguments[0])
        result = builder.cmpxchg(pointer, INT64(0), INT64(1), "seq_cst", "seq_cst")
        return builder.extract_value(result, 1)

    return types.boolean(types.int64), generate


@instruction(lambda: None)
def _breathe(typing_context):
    """Some ten to forty nanoseconds, in which the processor saves power and leaves its resources to others."""

    def generate(context, builder, signature, arguments):
        if platform.machine() in ("x86_64", "AMD64"):
            builder.call(llvm_function(builder, "llvm.x86.sse2.pause", ir.VoidType()), [])
        return context.get_dummy_value()

    return types.void(), generate


@instruction(lambda: None)
def _yield(typing_context):
    """Let the operating system run another thread on this processor, if one is waiting."""

    def generate(context, builder, signature, arguments):
        builder.call(llvm_function(builder, "SwitchToThread" if sys.platform == "win32" else "sched_yield", INT32), [])
        return context.get_dummy_value()

    return types.void(), generate


@instruction(lambda kernel, arguments, worker, first, last: None)
def _call(typing_context, kernel, arguments, worker, first, last):
    """Call the kernel of a note for a part; see _part_function."""

    def generate(context, builder, signature, arguments):
        kind = ir.FunctionType(ir.VoidType(), [INT64] * 4)
        builder.call(builder.inttoptr(arguments[0], kind.as_pointer()), arguments[1:])
        return context.get_dummy_value()

    return types.void(*[types.int64] * 5), generate


def _lead(board, kernel, arguments, size, first, last):
    """Put a note on the board, take parts with the helpers and return when all are done; False if that cannot be."""
    count = (last - first + size - 1) // size
    if count <= 1 or _read(board + HELPERS) == 0 or not _seize(board + BUSY):
        return False
    _write(board + _KERNEL, kernel)
    _write(board + _ARGUMENTS, arguments)
    _write(board + _FIRST, first)
    _write(board + _LAST, last)
    _write(board + _SIZE, size)
    _write(board + TAKEN, 0)
    _write(board + BACK, 0)
    _write(board + SEATS, _read(board + HELPERS))
    _write(board + OPEN, 1)
    _add(board + SEQUENCE, 1)
    at = first
    while _add(board + TAKEN, 1) < count:
        _call(kernel, arguments, 0, at, min(last, at + size))
        at += size
    _write(board + OPEN, 0)
    looks = 0
    while _read(board + INSIDE) != 0:
        looks += 1
        if looks > _LOOKS_BEFORE_YIELD:
            _yield()
        else:
            _breathe()
    _write(board + BUSY, 0)
    return True


@kernel
def help_others(board, sequence, calls, looks):
    """Take parts of what is noted on the board, until nothing new was there in so many looks, or CALLS has changed.

    Args:     sequence, calls: what SEQUENCE and CALLS were when last seen.
    Returns:  SEQUENCE as last seen.
    """
    waited = 0
    while _read(board + CALLS) == calls and waited < looks:
        if _read(board + SEQUENCE) == sequence:
            waited += 1
            if waited % _LOOKS_PER_YIELD == 0:
                _yield()
            else:
                _breathe()
            continue
        waited = 0
        _add(board + INSIDE, 1)
        sequence = _read(board + SEQUENCE)
        if _read(board + OPEN) == 1:
            worker = _add(board + SEATS, -1)
            if worker > 0:
                first, last, size = _read(board + _FIRST), _read(board + _LAST), _read(board + _SIZE)
                count = (last - first + size - 1) // size
                while _add(board + TAKEN, 1) < count:
                    at = first + (count - 1 - _add(board + BACK, 1)) * size
                    _call(_read(board + _KERNEL), _read(board + _ARGUMENTS), worker, at, min(last, at + size))
        _add(board + INSIDE, -1)
    return sequence


def looks_in(seconds: float) -> int:
    """How many looks at a board take so long on this machine; none with the JIT off, when nobody helps."""
    if config.DISABLE_JIT:  # type: ignore[attr-defined]  # Numba sets its options at run time
        return 0
    empty = new_board()
    help_others(empty.ctypes.data, 0, 0, 1)  # compiled before the clock runs
    fastest = float("inf")
    for _ in range(5):
        began = time.perf_counter()
        help_others(empty.ctypes.data, 0, 0, 500)
        fastest = min(fastest, time.perf_counter() - began)
    return max(1, round(500 * seconds / fastest))


def _told_of_numbers(definition):
    """Like `instruction`, but a plain number's type is its own. With the JIT off nobody shares."""
    if config.DISABLE_JIT:  # type: ignore[attr-defined]
        return lambda team, size, first, last: False
    return intrinsic(prefer_literal=True)(definition)


@_told_of_numbers
def share(typing_context, team, size, first, last):
    """Whether the team has computed the whole range; to be asked first in a kernel, which has these four arguments."""
    for name, kind in (("team", team), ("size", size), ("first", first), ("last", last)):
        if isinstance(kind, types.Literal):  # the kernel would be compiled for this one number, and its parts find it
            # none of Numba's own errors: after one of those it would try again without the numbers
            raise TypeError(
                f"share: a kernel passed the plain number {kind.literal_value} as `{name}`; pass np.int64(...)"
            )

    def generate(context, builder, signature, arguments):
        caller = builder.function
        kinds = [argument.type for argument in caller.args[2:]]  # after where result and error go
        names = [argument.name for argument in caller.args[2 : 2 + _OFFSETS]]
        if names != [f"arg.{name}" for name in ("team", "size", "first", "last")]:
            raise TypeError(f"share: a kernel that asks it begins with (team, size, first, last, ...), got {names}")
        block = ir.LiteralStructType(kinds)
        with builder.goto_entry_block():
            stored = builder.alloca(block)

        before = builder.block
        asks, end = builder.append_basic_block("asks"), builder.append_basic_block("shared")
        builder.cbranch(builder.icmp_signed(">", arguments[0], INT64(0)), asks, end)
        builder.position_at_end(asks)
        for place, argument in enumerate(caller.args[2:]):
            builder.store(argument, builder.gep(stored, [INT32(0), INT32(place)]))
        part = builder.ptrtoint(_part_function(builder.module, caller, block), INT64)
        led = context.compile_internal(
            builder,
            _lead,
            types.boolean(*[types.int64] * 6),
            [arguments[0], part, builder.ptrtoint(stored, INT64), *arguments[1:]],
        )
        led = builder.icmp_unsigned("!=", led, ir.Constant(led.type, 0))
        asked = builder.block
        builder.branch(end)
        builder.position_at_end(end)
        result = builder.phi(ir.IntType(1))
        result.add_incoming(ir.Constant(ir.IntType(1), 0), before)
        result.add_incoming(led, asked)
        return result

    return types.boolean(*[types.int64] * 4), generate


def _part_function(module, caller, block):
    """A function (address of the arguments, worker, first, last) that calls `caller` for a part."""
    kind = ir.FunctionType(ir.VoidType(), [INT64] * 4)
    function = ir.Function(module, kind, f"{caller.name}.part")
    function.linkage = "internal"
    builder = ir.IRBuilder(function.append_basic_block())
    address, worker, first, last = function.args
    stored = builder.inttoptr(address, block.as_pointer())
    given = [builder.load(builder.gep(stored, [INT32(0), INT32(place)])) for place in range(len(block.elements))]
    given[:_OFFSETS] = [builder.neg(worker), INT64(0), first, last]
    result, error = (builder.alloca(argument.type.pointee) for argument in caller.args[:2])
    builder.call(caller, [result, error, *given])
    builder.ret_void()
    return function


def new_board() -> np.ndarray:
    """A board with nothing on it."""
    return np.zeros(_WORDS, np.int64)
