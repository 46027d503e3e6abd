"""Optimizer: parameter groups, their options, per-parameter state, and state_dicts; what all optimisers share."""

from __future__ import annotations

import functools
import warnings
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from copy import deepcopy
from typing import Any

import numpy as np

from ..autograd.operation import RemovableHandle
from ..nn.parameter import reset_grad
from ..nn.typename import typename
from ..tensors.tensor import Tensor
from ..types.dtype import float64, get_default_dtype

Params = Iterable[Tensor] | Iterable[dict[str, Any]] | Iterable[tuple[str, Tensor]]

# Options of PyTorch that choose an implementation: those that only make it faster, and those that change what it does.
_FASTER = ("foreach", "fused")
_OTHER = ("capturable", "differentiable")


class _Required:
    """Stands as the default of an option that every parameter group must give."""

    def __repr__(self) -> str:
        return "<required parameter>"


required = _Required()


class Optimizer:
    """Base class of optimisers; a subclass defines step().

    Args:     params: tensors, (name, tensor) pairs, or dictionaries with such under "params" and options of their own.
              defaults: the options of groups that do not give their own.
    Raises:   TypeError, ValueError: if params holds none, or what cannot be optimised.
    """

    # Options that state_dicts of older versions lack, with the value that changes nothing.
    _neutral: dict[str, Any] = {}

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "step" in vars(cls):
            cls.step = _with_step_hooks(vars(cls)["step"])  # type: ignore[method-assign]

    def __init__(self, params: Params, defaults: dict[str, Any]) -> None:
        self.defaults = defaults
        self.state: defaultdict[Any, Any] = defaultdict(dict)
        self.param_groups: list[dict[str, Any]] = []
        self._start_without_hooks()
        if isinstance(params, Tensor):
            raise TypeError(
                "params argument given to the optimizer should be an iterable of Tensors or dicts, "
                f"but got {typename(params)}; write [param] for a single one"
            )
        groups = list(params)
        if not groups:
            raise ValueError("optimizer got an empty parameter list")
        for group in groups if isinstance(groups[0], dict) else [{"params": groups}]:
            self.add_param_group(group)  # type: ignore[arg-type]

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Change the parameters by their gradients.

        Args:     closure: computes the loss again, gradients included, and returns it; called before the update.
        Returns:  what closure returned.
        Raises:   NotImplementedError: if a subclass does not define it.
        """
        raise NotImplementedError(f"{type(self).__name__} does not define step()")

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget the gradients of all parameters.

        Args:     set_to_none: make `.grad` None; otherwise fill it with zeros.
        """
        for group in self.param_groups:
            for param in group["params"]:
                reset_grad(param, set_to_none)

    # ---- parameter groups ---------------------------------------------------------------------------------------

    def add_param_group(self, param_group: dict[str, Any]) -> None:
        """Optimise more parameters, with options of their own; what the dictionary does not give is the default.

        Raises:   TypeError, ValueError: for parameters that are no leaf tensors, come twice, or come in a set.
        """
        if not isinstance(param_group, dict):
            raise TypeError(f"param_group must be a dict, but got {type(param_group)}")
        param_group["params"], names = _tensors_and_names(param_group["params"])
        if names:
            param_group["param_names"] = names
        for param in param_group["params"]:
            if not isinstance(param, Tensor):
                raise TypeError(f"optimizer can only optimize Tensors, but one of the params is {typename(param)}")
            if not (param.is_leaf or param.retains_grad):
                raise ValueError("can't optimize a non-leaf Tensor")
        for option, default in self.defaults.items():
            if default is required and option not in param_group:
                raise ValueError(f"parameter group didn't specify a value of required optimization parameter {option}")
            param_group.setdefault(option, default)
        self._check_plain(param_group)
        params = set(param_group["params"])
        if len(params) != len(param_group["params"]):
            warnings.warn(
                "optimizer contains a parameter group with duplicate parameters; each step changes them once "
                "for every time that they are listed",
                stacklevel=3,
            )
        for group in self.param_groups:
            if ("param_names" in param_group) != ("param_names" in group):
                found = "with names" if "param_names" in param_group else "without names"
                raise ValueError(
                    "all optimizer param groups should be with/without names. "
                    f"cannot add param group {found} to the optimizer"
                )
            if not params.isdisjoint(group["params"]):
                raise ValueError("some parameters appear in more than one parameter group")
        self.param_groups.append(param_group)

    def _check_plain(self, group: dict[str, Any]) -> None:
        for option in _OTHER:
            if group.get(option):
                raise NotImplementedError(
                    f"{type(self).__name__}: {option}={group[option]} is not supported; {option} may be False. There "
                    "is one implementation, which updates in place without recording gradients."
                )
        if all(group.get(option) for option in _FASTER):
            raise RuntimeError(f"{type(self).__name__}: `fused` and `foreach` cannot be `True` together.")
        for option in _FASTER:
            if group.get(option):
                warnings.warn(
                    f"{type(self).__name__}: {option}={group[option]} changes nothing: there is one implementation, "
                    "which is the fast one",
                    stacklevel=4,
                )

    # ---- state_dict ---------------------------------------------------------------------------------------------

    def state_dict(self) -> dict[str, Any]:
        """The state of every parameter and the options of every group, parameters replaced by running numbers.

        The tensors of the state are the optimiser's own: copy them (copy.deepcopy) to keep a state while it goes on.
        """
        for hook in self._state_dict_pre_hooks:
            hook(self)
        numbers: dict[int, int] = {}
        groups = []
        start = 0
        for group in self.param_groups:
            for i, param in enumerate(group["params"], start):
                numbers.setdefault(id(param), i)
            start += len(group["params"])
            options = {option: value for option, value in group.items() if option != "params"}
            groups.append({**options, "params": [numbers[id(param)] for param in group["params"]]})
        state = {numbers[id(key)] if isinstance(key, Tensor) else key: value for key, value in self.state.items()}
        packed: dict[str, Any] = {"state": state, "param_groups": groups}
        for hook in self._state_dict_post_hooks:
            new = hook(self, packed)
            packed = packed if new is None else new
        return packed

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Go on from a state that state_dict() gave; parameters are matched by their order.

        Floating-point state takes the dtype of its parameter. Options that choose an implementation (foreach, fused,
        capturable, differentiable) say how the state was made, not how it goes on, and stay as they are.

        Raises:   ValueError: if the groups are not of the same number and sizes.
        """
        state_dict = dict(state_dict)
        for hook in self._load_state_dict_pre_hooks:
            new = hook(self, state_dict)
            state_dict = state_dict if new is None else new
        loaded_groups = deepcopy(state_dict["param_groups"])
        if len(self.param_groups) != len(loaded_groups):
            raise ValueError(
                "loaded state dict has a different number of parameter groups: "
                f"{len(loaded_groups)}, but the optimizer has {len(self.param_groups)}"
            )
        params: dict[Any, Tensor] = {}
        for i, (group, loaded) in enumerate(zip(self.param_groups, loaded_groups)):
            if len(group["params"]) != len(loaded["params"]):
                raise ValueError(
                    "loaded state dict contains a parameter group that doesn't match the size of optimizer's group: "
                    f"group {i} has {len(loaded['params'])} parameters, but the optimizer's has {len(group['params'])}"
                )
            params.update(zip(loaded["params"], group["params"]))
            loaded["params"] = group["params"]
            if "param_names" in group:
                loaded.setdefault("param_names", group["param_names"])
            for option in {*_FASTER, *_OTHER} & group.keys() & loaded.keys():
                loaded[option] = group[option]
        state: defaultdict[Any, Any] = defaultdict(dict)
        for key, value in state_dict["state"].items():
            if key in params:
                state[params[key]] = _for_param(value, params[key])
            else:
                state[key] = value
        self.__setstate__({"state": state, "param_groups": loaded_groups})
        for hook in self._load_state_dict_post_hooks:
            hook(self)

    def __getstate__(self) -> dict[str, Any]:
        return {"defaults": self.defaults, "state": self.state, "param_groups": self.param_groups}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        if "_step_pre_hooks" not in self.__dict__:
            self._start_without_hooks()
        for group in self.param_groups:
            for option, value in self._neutral.items():
                group.setdefault(option, value)
        for of_param in self.state.values():
            for name in ("step", "mu_product"):  # plain numbers in old state_dicts
                if isinstance(of_param, dict) and isinstance(of_param.get(name), (int, float)):
                    of_param[name] = scalar_state(of_param[name])

    def __repr__(self) -> str:
        text = f"{type(self).__name__} ("
        for i, group in enumerate(self.param_groups):
            text += f"\nParameter Group {i}\n"
            text += "".join(f"    {option}: {group[option]}\n" for option in sorted(group) if option != "params")
        return text + ")"

    # ---- hooks --------------------------------------------------------------------------------------------------

    def _start_without_hooks(self) -> None:
        self._step_pre_hooks: list[Callable] = []
        self._step_post_hooks: list[Callable] = []
        self._state_dict_pre_hooks: list[Callable] = []
        self._state_dict_post_hooks: list[Callable] = []
        self._load_state_dict_pre_hooks: list[Callable] = []
        self._load_state_dict_post_hooks: list[Callable] = []
        self._in_step = False
        self._opt_called = False  # whether step() was ever called; learning-rate schedulers ask

    def register_step_pre_hook(self, hook: Callable) -> RemovableHandle:
        """Call `hook(optimizer, args, kwargs)` before step; it may return other (args, kwargs)."""
        return RemovableHandle(self._step_pre_hooks, hook)

    def register_step_post_hook(self, hook: Callable) -> RemovableHandle:
        """Call `hook(optimizer, args, kwargs)` after step."""
        return RemovableHandle(self._step_post_hooks, hook)

    def register_state_dict_pre_hook(self, hook: Callable, prepend: bool = False) -> RemovableHandle:
        """Call `hook(optimizer)` before state_dict."""
        return _register(self._state_dict_pre_hooks, hook, prepend)

    def register_state_dict_post_hook(self, hook: Callable, prepend: bool = False) -> RemovableHandle:
        """Call `hook(optimizer, state_dict)` after state_dict; it may change the dictionary or return another."""
        return _register(self._state_dict_post_hooks, hook, prepend)

    def register_load_state_dict_pre_hook(self, hook: Callable, prepend: bool = False) -> RemovableHandle:
        """Call `hook(optimizer, state_dict)` before loading; it may change the dictionary or return another."""
        return _register(self._load_state_dict_pre_hooks, hook, prepend)

    def register_load_state_dict_post_hook(self, hook: Callable, prepend: bool = False) -> RemovableHandle:
        """Call `hook(optimizer)` after loading."""
        return _register(self._load_state_dict_post_hooks, hook, prepend)


def scalar_state(value: float) -> Tensor:
    """A number kept in a parameter's state, as a 0-d float tensor, so that state_dicts are those of PyTorch."""
    return Tensor.wrap(np.array(value, np.float64 if get_default_dtype() is float64 else np.float32))


def _with_step_hooks(step: Callable) -> Callable:
    """A subclass's step with the hooks around it, also where one step calls another's by super()."""

    @functools.wraps(step)
    def wrapped(self: Optimizer, *args: Any, **kwargs: Any) -> Any:
        if self._in_step:
            return step(self, *args, **kwargs)
        self._in_step = self._opt_called = True
        try:
            for hook in self._step_pre_hooks:
                new = hook(self, args, kwargs)
                if new is None:
                    continue
                if not (isinstance(new, tuple) and len(new) == 2):
                    raise RuntimeError(f"{hook} must return None or a tuple of (new_args, new_kwargs), but got {new}.")
                args, kwargs = new
            result = step(self, *args, **kwargs)
            for hook in self._step_post_hooks:
                hook(self, args, kwargs)
            return result
        finally:
            self._in_step = False

    return wrapped


def _tensors_and_names(params: Any) -> tuple[list[Any], list[str]]:
    """What a user gave as parameters, as a list of tensors, and their names if they came as (name, tensor) pairs."""
    if isinstance(params, Tensor):
        return [params], []
    if isinstance(params, set):
        raise TypeError(
            "optimizer parameters need to be organized in ordered collections, but the ordering of tensors in sets "
            "will change between runs. Please use a list instead."
        )
    given = list(params)
    names = [param[0] for param in given if isinstance(param, tuple)]
    if names and len(names) != len(given):
        raise ValueError("all optimizer params should be with/without names. Some param names are missing")
    return [param[1] if isinstance(param, tuple) else param for param in given], names


def _for_param(value: Any, param: Tensor, name: str | None = None) -> Any:
    """A loaded piece of state, as the parameter's dtype wants it; `step` keeps its own."""
    if isinstance(value, Tensor):
        return value.to(dtype=param.dtype) if name != "step" and param.is_floating_point() else value
    if isinstance(value, Mapping):
        return {key: _for_param(item, param, key) for key, item in value.items()}
    if isinstance(value, (list, tuple, set)):
        return type(value)(_for_param(item, param) for item in value)
    return value


def _register(hooks: list, hook: Callable, prepend: bool) -> RemovableHandle:
    handle = RemovableHandle(hooks, hook)
    if prepend:
        hooks.insert(0, hooks.pop())
    return handle
