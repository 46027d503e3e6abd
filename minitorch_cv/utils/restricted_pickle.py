"""Read pickles of plain values, and never run anything that stands in the file.

A pickle is a program for a small machine with a stack. Two of its instructions together are dangerous: GLOBAL names any
function, REDUCE calls it. Here a name stands for something only if it is in a short list; even NumPy's own functions
are replaced by stand-ins that check what they are given. CIFAR and PyTorch's files are distributed in this format.
"""

from __future__ import annotations

import io
import pickle
import struct
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, Any, NoReturn

import numpy as np

from .pickle_limits import NAMESPACES, KeyCheck, Refused, check_nesting, told
from .pickled_names import HARMLESS, StandIn, StandInDtype, build_array

LARGEST = 1 << 30  # bytes of a file; a batch of CIFAR has 30 MB, CIFAR-100 150 MB

# The reader written in Python: the one written in C allocates at once whatever lengths and numbers the file announces.
_PythonUnpickler: Any = pickle._Unpickler  # type: ignore[attr-defined]
# What damaged bytes can raise in it.
_DAMAGE: tuple[type[Exception], ...] = (
    *(EOFError, LookupError, ValueError, TypeError, AttributeError, AssertionError, struct.error),
    *(MemoryError, OverflowError, RecursionError, pickle.UnpicklingError),
)
# Bytes of memory that an instruction may take, content apart, which is no longer than the file. By these the objects
# are counted: a byte in the file can make a set of 216 bytes.
_SMALL = 24
_COST = {
    **dict.fromkeys((pickle.EMPTY_LIST, pickle.LIST), 64),
    **dict.fromkeys((pickle.EMPTY_DICT, pickle.DICT), 72),
    **dict.fromkeys((pickle.EMPTY_SET, pickle.FROZENSET), 224),
    **dict.fromkeys((pickle.TUPLE, pickle.TUPLE1, pickle.TUPLE2, pickle.TUPLE3), 64),
    pickle.MARK: 80,
    pickle.SETITEM: 64,
    pickle.BUILD: 128,
    pickle.NEWOBJ: 400,
    pickle.REDUCE: 700,  # a tensor with its call of OrderedDict has 1.4 kB
}
_COPIED = 72  # bytes for each element of a container that a call copies
_FREE_MEMORY = 48 << 20  # a pickle may take so much, or a multiple of what has been read of it
_TIMES_ITS_SIZE = 16


class RestrictedUnpickler(_PythonUnpickler):
    """Reads one pickle; knows the names of `known` and no others.

    Args:     file: read from its position on; the position afterwards is behind the pickle.
              name: of the file, for messages.
              encoding: of Python 2's strings: "latin1", "ASCII", "utf-8", or "bytes" to leave them as bytes.
    """

    known: Mapping[tuple[str, str], Any] = HARMLESS

    def __init__(self, file: IO[bytes], name: str, encoding: str) -> None:
        super().__init__(file, encoding=encoding)
        self.name = name
        self._check_keys = KeyCheck()
        self._position, self._start, self._taken = file.tell, file.tell(), 0
        self._beside = 0  # bytes that the file has beside the pickle, for what the pickle refers to

    def read_object(self) -> Any:
        """The object.

        Raises:   pickle.UnpicklingError: if the file asks for what is not given. RuntimeError: if it is damaged.
        """
        try:
            value = self.load()
            check_nesting(value)
            return value
        except Refused as error:
            raise pickle.UnpicklingError(f"{self.name} {error}") from None
        except _DAMAGE as error:
            raise self.damaged(error) from error

    def damaged(self, error: Exception) -> RuntimeError:
        """The error for a file that is none of its kind, or not as it was written."""
        return RuntimeError(
            f"{self.name} is corrupted: it cannot be read as a pickle ({told(error)}). Delete it and get it again"
        )

    def advice(self) -> str:
        """What is read, and what to do if the file names something else."""
        return (
            "Read are NumPy arrays, numbers, strings, bytes and containers of them. If this is a dataset, delete the "
            "file and get it from its owner again; if you made it, store plain arrays"
        )

    def find_class(self, module: str, name: str) -> Any:
        """What a name in the file stands for."""
        place = module.replace("numpy._core", "numpy.core") if module != "__builtin__" else "builtins"
        known = self.known.get((place, name))
        if known is None:
            raise Refused(
                f"names {module[:100]}.{name[:100]}, which is not read: a pickle can run any code that way. "
                f"{self.advice()}"
            )
        return known

    def charge(self, cost: int) -> None:
        """Count memory before it is taken."""
        self._taken += cost
        read = self._position() - self._start + self._beside
        if self._taken > _FREE_MEMORY and self._taken > _TIMES_ITS_SIZE * read:
            raise Refused(
                f"has objects that need more than {_FREE_MEMORY >> 20} MB and {_TIMES_ITS_SIZE} times what is told of "
                "them; keep many numbers in a tensor or array"
            )

    # ---- the instructions that could do harm --------------------------------------------------------------------

    def load_global(self) -> None:
        """A name."""
        lines = [self.readline(), self.readline()]
        if not all(line.endswith(b"\n") for line in lines):
            raise EOFError("cut off within a name")
        module, name = (line[:-1].decode("utf-8") for line in lines)
        self.append(self.find_class(module, name))

    def load_reduce(self) -> None:
        """Call a stand-in."""
        arguments = self.stack.pop()
        function = self.stack[-1]
        if not isinstance(function, StandIn) or type(arguments) is not tuple:
            raise TypeError(f"{type(function).__name__} is not callable with a {type(arguments).__name__}")
        if function.copies:
            self.charge(function.copies * sum(map(_cost_of_copy, arguments)))
        if function.keys is not None:
            self._check_keys(function.keys(*arguments))
        self.stack[-1] = function.function(*arguments)

    def load_newobj(self) -> None:
        """Make an object of one of the few classes whose stand-ins allow it."""
        arguments = self.stack.pop()
        kind = self.stack[-1]
        if not isinstance(kind, StandIn) or not kind.new or arguments != ():
            self.refuse("makes an object of a class (NEWOBJ)")
        self.stack[-1] = kind.function()

    def refuse(self, problem: str) -> NoReturn:
        """Stop before harm is done.

        Raises:   Refused: with the problem and what to do.
        """
        raise Refused(f"{problem}, which is not read: a pickle can run any code that way. {self.advice()}")

    def load_build(self) -> None:
        """Give an object its state."""
        state = self.stack.pop()
        target = self.stack[-1]
        self.charge(sum(map(_cost_of_copy, state)) if type(state) is tuple else _cost_of_copy(state))
        if type(target) is np.ndarray:
            build_array(target, state)
        elif isinstance(target, StandInDtype):
            target.__setstate__(state)
        elif isinstance(target, NAMESPACES) and type(state) is dict and all(type(name) is str for name in state):
            vars(target).update(state)
        elif type(target) is OrderedDict and type(state) is dict and set(state) == {"_metadata"}:
            vars(target).update(state)  # of a state_dict, the versions of its modules
        else:
            raise TypeError(f"a {type(target).__name__} with a state of its own")

    def load_setitem(self) -> None:
        """One key and value into a dict."""
        value, key = self.stack.pop(), self.stack.pop()
        self._set_items((key, value))

    def load_setitems(self) -> None:
        """Keys and values into a dict."""
        self._set_items(self.pop_mark())

    def load_dict(self) -> None:
        """A dict of keys and values."""
        items = self.pop_mark()
        self.append({})
        self._set_items(items)

    def _set_items(self, items: Any) -> None:
        target = self.stack[-1]
        if type(target) not in (dict, OrderedDict, Counter, defaultdict):
            raise TypeError(f"a {type(target).__name__} with items")
        self.charge(_COST[pickle.SETITEM] * (len(items) // 2))
        self._check_keys(items[::2])
        for key, value in zip(items[::2], items[1::2], strict=True):
            target[key] = value

    def load_append(self) -> None:
        """One element into a list."""
        element = self.stack.pop()
        self._extend([element])

    def load_appends(self) -> None:
        """Elements into a list."""
        self._extend(self.pop_mark())

    def _extend(self, elements: list) -> None:
        if type(self.stack[-1]) not in (list, deque):
            raise TypeError(f"a {type(self.stack[-1]).__name__} with elements")
        self.stack[-1].extend(elements)

    def load_additems(self) -> None:
        """Elements into a set."""
        elements = self.pop_mark()
        if type(self.stack[-1]) is not set:
            raise TypeError(f"a {type(self.stack[-1]).__name__} with elements")
        self._check_keys(elements)
        self.stack[-1].update(elements)

    def load_frozenset(self) -> None:
        """A frozenset of elements."""
        elements = self.pop_mark()
        self._check_keys(elements)
        self.append(frozenset(elements))

    def load_bytearray(self) -> None:
        """A bytearray; pickle's own way would make one of whatever size is announced."""
        (size,) = struct.unpack("<Q", self.read(8))
        self.append(bytearray(self.read(size)))

    def load_frame(self) -> None:
        """Pass over a hint how much to read at once: what a frame holds is read, and counted, like all else."""
        self.read(8)


def _cost_of_copy(argument: Any) -> int:
    """Bytes for what a call may make of an argument, which may be one that the file has held before."""
    if type(argument) in (str, bytes, bytearray):
        return len(argument)
    return _COPIED * len(argument) if isinstance(argument, (list, tuple, dict, set, frozenset)) else 0


def _refused(problem: str) -> Callable:
    def refused(self: RestrictedUnpickler) -> None:
        self.refuse(problem)

    return refused


def _instance(self: RestrictedUnpickler) -> None:
    """An object of a class that is named here: refused, by its name if that is not a harmless one."""
    self.load_global()
    _refused("makes an object of a class (INST)")(self)


def _charged(function: Callable, cost: int) -> Callable:
    def charged(self: RestrictedUnpickler) -> None:
        self.charge(cost)
        function(self)

    return charged


def _instructions() -> dict[int, Callable]:
    """What each instruction does. Others are damage.

    Refused are those that make objects of classes, that find names in the process by number, and that take buffers from
    outside the file.
    """
    kept = (
        *(pickle.PROTO, pickle.STOP, pickle.MARK, pickle.POP, pickle.POP_MARK, pickle.DUP),
        *(pickle.NONE, pickle.NEWTRUE, pickle.NEWFALSE, pickle.INT, pickle.BININT, pickle.BININT1, pickle.BININT2),
        *(pickle.LONG, pickle.LONG1, pickle.LONG4, pickle.FLOAT, pickle.BINFLOAT),
        *(pickle.STRING, pickle.BINSTRING, pickle.SHORT_BINSTRING, pickle.UNICODE, pickle.BINUNICODE),
        *(pickle.SHORT_BINUNICODE, pickle.BINUNICODE8, pickle.BINBYTES, pickle.SHORT_BINBYTES, pickle.BINBYTES8),
        *(pickle.EMPTY_LIST, pickle.LIST, pickle.EMPTY_TUPLE, pickle.TUPLE, pickle.TUPLE1, pickle.TUPLE2),
        *(pickle.TUPLE3, pickle.EMPTY_DICT, pickle.EMPTY_SET, pickle.STACK_GLOBAL, pickle.BINPERSID),
        *(pickle.PUT, pickle.BINPUT, pickle.LONG_BINPUT, pickle.MEMOIZE),
        *(pickle.GET, pickle.BINGET, pickle.LONG_BINGET),
    )
    own = {
        pickle.GLOBAL: RestrictedUnpickler.load_global,
        pickle.REDUCE: RestrictedUnpickler.load_reduce,
        pickle.NEWOBJ: RestrictedUnpickler.load_newobj,
        pickle.BUILD: RestrictedUnpickler.load_build,
        pickle.SETITEM: RestrictedUnpickler.load_setitem,
        pickle.SETITEMS: RestrictedUnpickler.load_setitems,
        pickle.DICT: RestrictedUnpickler.load_dict,
        pickle.APPEND: RestrictedUnpickler.load_append,
        pickle.APPENDS: RestrictedUnpickler.load_appends,
        pickle.ADDITEMS: RestrictedUnpickler.load_additems,
        pickle.FROZENSET: RestrictedUnpickler.load_frozenset,
        pickle.BYTEARRAY8: RestrictedUnpickler.load_bytearray,
        pickle.FRAME: RestrictedUnpickler.load_frame,
    }
    refused = {
        pickle.INST: _instance,
        **dict.fromkeys((pickle.OBJ, pickle.NEWOBJ_EX), _refused("makes an object of a class (OBJ, NEWOBJ_EX)")),
        **dict.fromkeys((pickle.EXT1, pickle.EXT2, pickle.EXT4), _refused("names something by a number (EXT)")),
        **dict.fromkeys(
            (pickle.NEXT_BUFFER, pickle.READONLY_BUFFER), _refused("takes a buffer from outside the file (NEXT_BUFFER)")
        ),
        pickle.PERSID: _refused("refers to something by a line of text (protocol 0; save it with protocol 2)"),
    }
    does = {**{code: _PythonUnpickler.dispatch[code[0]] for code in kept}, **own, **refused}
    return {code[0]: _charged(function, _COST.get(code, _SMALL)) for code, function in does.items()}


RestrictedUnpickler.dispatch = _instructions()


def load_restricted(path: str | Path, *, encoding: str = "latin1", largest: int = LARGEST) -> Any:
    """The object in a pickle file.

    Args:     encoding: of Python 2's strings: "latin1", "ASCII", "utf-8", or "bytes" to leave them as bytes.
              largest: size of the file in bytes above which it is refused.
    Returns:  numbers, strings, bytes, lists, tuples, dicts, sets, None and NumPy arrays of numbers, in any nesting.
    Raises:   pickle.UnpicklingError: if the file names anything else. Nothing of it has been called then.
              RuntimeError: if the file is damaged, cut off or too large.
    """
    size = Path(path).stat().st_size
    if size > largest:
        raise RuntimeError(f"{path} has {size} bytes, more than the {largest} that are read of a pickle")
    return RestrictedUnpickler(io.BytesIO(Path(path).read_bytes()), str(path), encoding).read_object()
