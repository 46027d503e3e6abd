"""What a tensor says when it is asked for a name that it does not have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..autograd.variable import Variable


class MissingAttributeError(AttributeError):
    """The error, whose text is made when it is read: most of them only answer hasattr()."""

    __module__, __qualname__ = "builtins", "AttributeError"  # what a traceback calls it

    def __init__(self, kind: type, missing: str) -> None:
        super().__init__(name=missing, obj=None)  # without the object, of which Python would guess another name
        self.kind, self.missing = kind, missing

    def __str__(self) -> str:
        import difflib

        said = f"'{self.kind.__name__}' object has no attribute '{self.missing}'"
        names = [name for name in dir(self.kind) if not name.startswith("_")]
        near = difflib.get_close_matches(self.missing, names, 3, 0.8)
        if near:
            return f"{said}; nearest: {', '.join(near)}"
        return f"{said}. If it is one of PyTorch's, minitorch_cv does not have it"


class MissingNames(Variable):
    """Answers for attributes that there are not."""

    __slots__ = ()

    if not TYPE_CHECKING:  # a type checker knows what there is

        def __getattr__(self, name: str) -> Any:
            raise MissingAttributeError(type(self), name)
