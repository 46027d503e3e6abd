"""What a tensor says when it is asked for a name that it does not have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..autograd.variable import Variable


class MissingAttributeError(AttributeError):
    """The error, whose text is made when it is read: most of them only answer hasattr()."""

    def __init__(self, kind: type, missing: str) -> None:
        said = f"'{kind.__name__}' object has no attribute '{missing}'"
        super().__init__(said, name=missing, obj=None)  # without the object, of which Python would guess another name
        self.kind, self.missing = kind, missing

    def __str__(self) -> str:
        import difflib

        names = [name for name in dir(self.kind) if not name.startswith("_")]
        near = difflib.get_close_matches(self.missing, names, 3, 0.8)
        if near:
            return f"{self.args[0]}; nearest: {', '.join(near)}"
        return f"{self.args[0]}. If it is one of PyTorch's, minitorch_cv does not have it"

    def __reduce__(self) -> tuple:
        return AttributeError, (str(self),)


MissingAttributeError.__name__ = MissingAttributeError.__qualname__ = "AttributeError"  # as a traceback shows it
MissingAttributeError.__module__ = "builtins"


class MissingNames(Variable):
    """Answers for attributes that there are not."""

    __slots__ = ()

    if not TYPE_CHECKING:  # a type checker knows what there is

        def __getattr__(self, name: str) -> Any:
            if hasattr(type(self), name):  # a property that failed: its own error comes again
                return object.__getattribute__(self, name)
            raise MissingAttributeError(type(self), name)
