"""gradcheck: hold a function's backward against differences, and say what is wrong with it."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NoReturn

import numpy as np

from .broadcast import is_expanded
from .gradcheck_diagnosis import diagnose
from .gradients import grad
from .jacobian import Slopes, by_backward, by_differences, outputs_of, same_every_time
from .operation import Array, Operation
from .variable import Variable


class GradcheckError(RuntimeError):
    """A gradient is wrong."""


def gradcheck(
    func: Callable,
    inputs: Any,
    *,
    eps: float = 1e-6,
    atol: float = 1e-5,
    rtol: float = 1e-3,
    raise_exception: bool = True,
    nondet_tol: float = 0.0,
    check_undefined_grad: bool = True,
    check_grad_dtypes: bool = False,
    check_batched_grad: bool = False,
    check_batched_forward_grad: bool = False,
    check_forward_ad: bool = False,
    check_backward_ad: bool = True,
    fast_mode: bool = False,
    masked: bool | None = None,
    force_float32: bool = False,
) -> bool:
    """Check the gradients of func at inputs against central differences (torch.autograd.gradcheck).

    Where func has a kink (ReLU at 0, a tie in max) the two one-sided slopes differ, and no difference tells the
    gradient: a warning names the element, and any gradient between the two slopes is accepted.

    Args:     func: takes the inputs, gives a tensor or a tuple of tensors.
              inputs: a tensor or a tuple; those that require a gradient must be float64.
              eps: the step of the differences.
              atol, rtol: a gradient a fits a difference n if abs(a - n) <= atol + rtol * abs(n).
              raise_exception: False makes a wrong gradient return False.
              nondet_tol: by how much two runs of the same backward may differ.
              check_undefined_grad: also run backward without a gradient for the outputs.
              force_float32: accept float32 inputs; differences then have some three digits, so choose eps, atol and
                rtol accordingly, say 1e-2.
    Raises:   GradcheckError: for a wrong gradient; says which input, element and values, and what it looks like.
              ValueError: if no input requires a gradient, or one is float32 or float16.
              NotImplementedError: for batched, forward-mode and fast checks, masked, and check_grad_dtypes (the engine
              converts every gradient to its tensor's dtype).
    """
    _refuse(
        check_grad_dtypes=check_grad_dtypes,
        check_batched_grad=check_batched_grad,
        check_batched_forward_grad=check_batched_forward_grad,
        check_forward_ad=check_forward_ad,
        fast_mode=fast_mode,
        masked=masked,
    )
    if not check_backward_ad:
        raise ValueError("gradcheck: Expected at least one of check_forward_ad or check_backward_ad to be True")
    given = tuple(inputs) if isinstance(inputs, (tuple, list)) else (inputs,)
    _check_inputs(given, eps, force_float32)
    check = _Check(func, given, eps, atol, rtol, nondet_tol)
    try:
        check.run()
        check.without_gradient(check_undefined_grad)
    except GradcheckError:
        if raise_exception:
            raise
        return False
    return True


def gradgradcheck(
    func: Callable,
    inputs: Any,
    grad_outputs: Any = None,
    *,
    eps: float = 1e-6,
    atol: float = 1e-5,
    rtol: float = 1e-3,
    gen_non_contig_grad_outputs: bool = False,
    raise_exception: bool = True,
    nondet_tol: float = 0.0,
    check_undefined_grad: bool = True,
    check_grad_dtypes: bool = False,
    check_batched_grad: bool = False,
    check_fwd_over_rev: bool = False,
    check_rev_over_rev: bool = True,
    fast_mode: bool = False,
    masked: bool = False,
) -> NoReturn:
    """Raise NotImplementedError: gradients of gradients are out of this library's scope."""
    raise NotImplementedError(
        "gradgradcheck: gradients of gradients are out of this library's scope; backward works on plain arrays. "
        "gradcheck checks first derivatives."
    )


def _refuse(**options: Any) -> None:
    for name, value in options.items():
        if value:
            raise NotImplementedError(f"gradcheck: {name}={value!r} is not supported; leave it out")


def _check_inputs(inputs: tuple, eps: float, force_float32: bool) -> None:
    wanted = [(i, x) for i, x in enumerate(inputs) if isinstance(x, Variable) and x.requires_grad]
    if not wanted:
        raise ValueError(
            "gradcheck expects at least one input tensor to require gradient, but none of them have requires_grad=True."
        )
    for i, x in wanted:
        if x.array.dtype == np.float64 or (force_float32 and x.array.dtype == np.float32):
            pass
        elif x.array.dtype == np.float32:
            raise ValueError(
                f"gradcheck: input {i} is float32, which has 7 digits: a difference over a step of eps={eps:g} loses "
                "nearly all of them to rounding, and right gradients would fail. Use .double(), for the module too, or "
                "pass force_float32=True with a larger step and tolerances (eps=1e-2, atol=1e-2, rtol=1e-2)."
            )
        else:
            raise ValueError(f"gradcheck: input {i} is {x.dtype.name}; differences need float64. Use .double().")
        if is_expanded(x.array):
            raise RuntimeError(
                f"gradcheck: The {i}th input has a dimension with stride 0. gradcheck only supports inputs that are "
                "non-overlapping to be able to compute the numerical gradients correctly. You should call .contiguous "
                "on the input before passing it to gradcheck."
            )


@dataclass(eq=False, repr=False)
class _NoGradient(Operation):
    """The identity, whose backward gives nothing: what stands before it sees an undefined gradient."""

    def forward(self, x: Array) -> Array:
        return x.copy()

    def backward(self, grad_out: Array) -> None:
        return None


@dataclass
class _Check:
    """One run of gradcheck."""

    func: Callable
    inputs: tuple
    eps: float
    atol: float
    rtol: float
    nondet_tol: float

    def __post_init__(self) -> None:
        self.positions = [i for i, x in enumerate(self.inputs) if isinstance(x, Variable) and x.requires_grad]
        self.wanted = [self.inputs[i] for i in self.positions]

    def outputs(self) -> tuple[list[Variable], list[int]]:
        """What func gives, and the positions of what has a gradient."""
        outputs = outputs_of(self.func, self.inputs)
        return outputs, [o for o, y in enumerate(outputs) if y.requires_grad]

    def run(self) -> None:
        """Compare the Jacobians."""
        outputs, chosen = self.outputs()
        again, _ = self.outputs()
        for o, (one, two) in enumerate(zip(outputs, again)):
            if not np.array_equal(one.array, two.array, equal_nan=one.array.dtype.kind == "f"):
                raise GradcheckError(
                    f"func is not deterministic: called twice with the same inputs, output {o} differs by up to "
                    f"{np.abs(one.array.astype(float) - two.array.astype(float)).max():.4g}. Seed what is random in it "
                    "(torch.manual_seed inside func), or switch it off (dropout: .eval())."
                )
        if not chosen:
            self._expect_flat(outputs)
            return
        slopes = {i: by_differences(self.func, self.inputs, i, chosen, self.eps) for i in self.positions}
        for number, o in enumerate(chosen):
            jacobians = by_backward(outputs[o], self.wanted)
            for i, jacobian in zip(self.positions, jacobians):
                self._compare(outputs[o], o, i, jacobian, slopes[i][number])
            if not same_every_time(jacobians, by_backward(outputs[o], self.wanted), self.nondet_tol):
                raise GradcheckError(
                    "Backward is not reentrant, i.e., running backward with same input and grad_output multiple times "
                    "gives different values, although analytical gradient matches numerical gradient. The tolerance "
                    f"for nondeterminism was {self.nondet_tol}."
                )

    def _expect_flat(self, outputs: list[Variable]) -> None:
        """No output has a gradient: then none may depend on the inputs."""
        floats = [o for o, y in enumerate(outputs) if y.array.dtype.kind == "f"]
        for i in self.positions:
            for o, slopes in zip(floats, by_differences(self.func, self.inputs, i, floats, self.eps)):
                if not np.allclose(slopes.central, 0, rtol=0, atol=self.atol):
                    raise GradcheckError(
                        f"Numerical gradient for function expected to be zero, since output {o} does not require a "
                        f"gradient, but it depends on input {i}: is there a detach(), .data or .numpy() on the way?"
                    )

    def close(self, analytic: Array, numeric: Array) -> bool:
        """Whether Jacobians agree within the tolerances."""
        return np.allclose(analytic, numeric, rtol=self.rtol, atol=self.atol, equal_nan=True)

    def _compare(self, output: Variable, o: int, i: int, jacobian: Array | None, slopes: Slopes) -> None:
        x_shape, out_shape = self.inputs[i].array.shape, output.array.shape
        analytic = np.zeros_like(slopes.central) if jacobian is None else jacobian
        numeric = slopes.central
        fits = np.isclose(analytic, numeric, rtol=self.rtol, atol=self.atol, equal_nan=True)
        kinks = self._kinks(slopes)
        if kinks.any():
            self._warn_of_kinks(kinks, slopes, o, i, x_shape, out_shape)
            low, high = np.minimum(slopes.left, slopes.right), np.maximum(slopes.left, slopes.right)
            margin = self.atol + self.rtol * np.maximum(np.abs(low), np.abs(high))
            between = (analytic >= low - margin) & (analytic <= high + margin)
            fits |= kinks & between
            numeric = np.where(kinks & between, analytic, numeric)
        if fits.all():
            return
        deviation = np.where(fits, -1, np.nan_to_num(np.abs(analytic - numeric), nan=np.inf, posinf=np.inf))
        row, column = np.unravel_index(int(deviation.argmax()), deviation.shape)
        element, place = _index(row, x_shape), _index(column, out_shape)
        seen = diagnose(jacobian, numeric, x_shape, out_shape, self.close)
        raise GradcheckError(
            f"Jacobian mismatch for output {o} with respect to input {i}, of shape {list(x_shape)}: the largest "
            f"deviation, {deviation[row, column]:.6g}, is at element {element} of the input, for element {place} of "
            f"the output: analytical {analytic[row, column]:.6g}, numerical {numeric[row, column]:.6g} "
            f"({(~fits).sum()} of {fits.size} slopes are off by more than {self.atol:g} + {self.rtol:g} * |numerical|)."
            + (f"\nWhat it looks like: {seen}." if seen else "")
        )

    def _kinks(self, slopes: Slopes) -> Array:
        """Where the two one-sided slopes differ by more than curvature explains."""
        size = np.maximum(np.abs(slopes.left), np.abs(slopes.right))
        with np.errstate(all="ignore"):
            return np.abs(slopes.right - slopes.left) > 10 * (self.atol + self.rtol * size)

    def _warn_of_kinks(
        self, kinks: Array, slopes: Slopes, o: int, i: int, x_shape: tuple[int, ...], out_shape: tuple[int, ...]
    ) -> None:
        row, column = (int(n[0]) for n in np.nonzero(kinks))
        more = f", and {kinks.sum() - 1} more like it" if kinks.sum() > 1 else ""
        warnings.warn(
            f"gradcheck: func has a kink at element {_index(row, x_shape)} of input {i}, for element "
            f"{_index(column, out_shape)} of output {o}: the slope is {slopes.left[row, column]:.4g} to the left and "
            f"{slopes.right[row, column]:.4g} to the right{more}. There is no derivative there (ReLU at 0, a tie in "
            "max?); any gradient between the two is accepted. Move the inputs away from it.",
            stacklevel=5,
        )

    def without_gradient(self, undefined: bool) -> None:
        """Backward with gradients of zero, and, if `undefined`, with none, must give zeros or nothing."""
        outputs, chosen = self.outputs()
        results = [outputs[o] for o in chosen]
        if not results:
            return
        zeros = [y.wrap(np.zeros_like(y.array)) for y in results]
        self._expect_zeros(grad(results, self.wanted, zeros, retain_graph=True, allow_unused=True), "zero")
        if undefined:
            severed = [_NoGradient()(y) for y in results]
            try:
                grads = grad(severed, self.wanted, zeros, allow_unused=True)
            except Exception as error:
                raise GradcheckError(
                    "Expected backward function to handle undefined output grads (None, after "
                    f"ctx.set_materialize_grads(False)), but it raised {type(error).__name__}: {error}"
                ) from error
            self._expect_zeros(grads, "undefined")

    def _expect_zeros(self, grads: tuple, kind: str) -> None:
        for i, got in zip(self.positions, grads):
            if got is not None and np.any(got.array != 0):
                raise GradcheckError(
                    f"backward not multiplied by grad_output: with gradients of the outputs that are {kind}, the "
                    f"gradient of input {i} is not zero, but up to {np.abs(got.array).max():.6g}"
                )


def _index(flat: Any, shape: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(int(n) for n in np.unravel_index(flat, shape))
