"""Forms of arguments from before PyTorch 1.5, which it still takes with a warning: `p.data.add_(-lr, gradient)`."""

from __future__ import annotations

import warnings
from typing import Any

from ..autograd.variable import Variable
from .arguments import is_number


def scaled_operand(op_name: str, factor: str, keyword: Any, number: Any, *operands: Any) -> Any:
    """The last operand of `add_(number, other)` or `addcmul_(number, tensor1, tensor2)`, after a warning.

    Args:     factor: what the number is called today.
              keyword: what was given for it by that name: only its default, 1.
              operands: what was given after the number.
    Raises:   TypeError: if they are no number and tensors.
    """
    if not is_number(number) or keyword != 1 or not all(isinstance(operand, Variable) for operand in operands):
        given = ", ".join(type(value).__name__ for value in (number, *operands))
        raise TypeError(
            f"{op_name}() received an invalid combination of arguments - got ({given}); give the number by its name, "
            f"{factor}=..."
        )
    names = "Tensor other" if factor == "alpha" else "Tensor tensor1, Tensor tensor2"
    if len(operands) != names.count("Tensor "):
        raise TypeError(f"{op_name}() received an invalid combination of arguments: {len(operands) + 1} of them")
    warnings.warn(
        f"This overload of {op_name} is deprecated:\n\t{op_name}(Number {factor}, {names})\n"
        f"Consider using one of the following signatures instead:\n\t{op_name}({names}, *, Number {factor})",
        UserWarning,
        stacklevel=3,
    )
    return operands[-1]
