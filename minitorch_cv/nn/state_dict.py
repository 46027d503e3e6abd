"""state_dict and load_state_dict: all of a module's tensors by name, out and in."""

from __future__ import annotations

import warnings
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from typing import Any, NamedTuple

from ..autograd.grad_mode import no_grad
from ..autograd.operation import RemovableHandle
from ..tensors.tensor import Tensor
from .parameter import Parameter
from .traversal import TraversalMethods
from .uninitialized import Uninitialized

_EXTRA_STATE = "_extra_state"


class _Keys(NamedTuple):
    missing_keys: list[str]
    unexpected_keys: list[str]


class _IncompatibleKeys(_Keys):
    """What load_state_dict returns: the keys that it missed and those that it did not know."""

    __slots__ = ()

    def __repr__(self) -> str:
        if not self.missing_keys and not self.unexpected_keys:
            return "<All keys matched successfully>"
        return super().__repr__()


class StateDictMethods(TraversalMethods):
    """The methods of Module that write and read state_dicts."""

    _version: int = 1  # of the module's format; goes into the state_dict's metadata

    _state_dict_hooks: list[Callable]
    _state_dict_pre_hooks: list[Callable]
    _load_state_dict_pre_hooks: list[Callable]
    _load_state_dict_post_hooks: list[Callable]

    def __init__(self) -> None:
        super().__init__()
        for name in ("_state_dict", "_state_dict_pre", "_load_state_dict_pre", "_load_state_dict_post"):
            object.__setattr__(self, f"{name}_hooks", [])

    # ---- out ----------------------------------------------------------------------------------------------------

    def state_dict(
        self, *args: Any, destination: Any = None, prefix: str = "", keep_vars: bool = False
    ) -> dict[str, Any]:
        """The parameters and persistent buffers of this module and all below it, by dotted name.

        The tensors share memory with the module: copy them (copy.deepcopy) to keep a state while training goes on.

        Args:     destination: a dictionary to write to; a new OrderedDict by default.
                  prefix: put before every name.
                  keep_vars: give the parameters themselves rather than detached tensors.
        """
        if args:
            warnings.warn(
                "Positional args are being deprecated, use kwargs instead: destination=, prefix=, keep_vars=",
                FutureWarning,
                stacklevel=2,
            )
            given = dict(zip(("destination", "prefix", "keep_vars"), args))
            return self.state_dict(**{"destination": destination, "prefix": prefix, "keep_vars": keep_vars, **given})
        if destination is None:
            destination = OrderedDict()
            destination._metadata = OrderedDict()
        local_metadata = {"version": self._version}
        if hasattr(destination, "_metadata"):
            destination._metadata[prefix[:-1]] = local_metadata
        for hook in self._state_dict_pre_hooks:
            hook(self, prefix, keep_vars)
        self._save_to_state_dict(destination, prefix, keep_vars)
        for name, module in self._modules.items():
            if module is not None:
                module.state_dict(destination=destination, prefix=f"{prefix}{name}.", keep_vars=keep_vars)
        for hook in self._state_dict_hooks:
            if hook(self, destination, prefix, local_metadata) is not None:
                raise RuntimeError("state_dict post-hook must return None")
        return destination

    def _save_to_state_dict(self, destination: dict[str, Any], prefix: str, keep_vars: bool) -> None:
        """Write this module's own tensors, not those of the modules below; for subclasses to override."""
        for name, tensor in self._own_state().items():
            as_it_is = keep_vars or isinstance(tensor, Uninitialized)
            destination[prefix + name] = tensor if as_it_is else tensor.detach()
        if self._overrides("get_extra_state"):
            destination[prefix + _EXTRA_STATE] = self.get_extra_state()

    def _own_state(self) -> dict[str, Tensor]:
        persistent = {n: b for n, b in self._buffers.items() if n not in self._non_persistent_buffers_set}
        return {n: t for n, t in (self._parameters | persistent).items() if t is not None}

    def _overrides(self, method: str) -> bool:
        return getattr(type(self), method) is not getattr(StateDictMethods, method)

    def get_extra_state(self) -> Any:
        """What a module wants in its state_dict besides tensors; called only where a subclass defines it."""
        raise RuntimeError(f"{type(self).__name__} defines no get_extra_state")

    def set_extra_state(self, state: Any) -> None:
        """Take back what get_extra_state gave; called only where a subclass defines it."""
        raise RuntimeError(f"{type(self).__name__} defines no set_extra_state")

    # ---- in -----------------------------------------------------------------------------------------------------

    def load_state_dict(
        self, state_dict: Mapping[str, Any], strict: bool = True, assign: bool = False
    ) -> _IncompatibleKeys:
        """Copy the tensors of a state_dict into this module and all below it.

        Args:     strict: whether the keys must be exactly those of this module's state_dict.
                  assign: make the given tensors the module's own instead of copying from them; optimisers made before
                      then hold tensors that the module no longer has.
        Returns:  the missing and the unexpected keys.
        Raises:   RuntimeError: naming every key that is missing, unexpected or of another shape.
                  TypeError: if state_dict is no mapping.
        """
        if not isinstance(state_dict, Mapping):
            raise TypeError(f"Expected state_dict to be dict-like, got {type(state_dict)}.")
        keys = _IncompatibleKeys([], [])
        errors: list[str] = []
        metadata = getattr(state_dict, "_metadata", None) or {}
        _load(self, OrderedDict(state_dict), "", metadata, assign, keys, errors)
        if strict and keys.unexpected_keys:
            errors.insert(0, f"Unexpected key(s) in state_dict: {_quoted(keys.unexpected_keys)}. ")
        if strict and keys.missing_keys:
            errors.insert(0, f"Missing key(s) in state_dict: {_quoted(keys.missing_keys)}. ")
        if errors:
            hint = _hint(keys) if strict else ""
            raise RuntimeError(
                f"Error(s) in loading state_dict for {type(self).__name__}:\n\t" + "\n\t".join(errors) + hint
            )
        return keys

    def _load_from_state_dict(
        self,
        state_dict: dict[str, Any],
        prefix: str,
        local_metadata: dict[str, Any],
        strict: bool,
        missing_keys: list[str],
        unexpected_keys: list[str],
        error_msgs: list[str],
    ) -> None:
        """Read this module's own tensors, not those of the modules below; for subclasses to override.

        Args:     local_metadata: holds `version`, the module's _version when the state_dict was written.
                  missing_keys, unexpected_keys, error_msgs: what is found wrong is added to these.
        """
        for hook in self._load_state_dict_pre_hooks:
            hook(self, state_dict, prefix, local_metadata, strict, missing_keys, unexpected_keys, error_msgs)
        own = self._own_state()
        assign = local_metadata.get("assign_to_params_buffers", False)
        for name, target in own.items():
            if prefix + name in state_dict:
                error = self._load_tensor(name, target, prefix + name, state_dict[prefix + name], assign)
                error_msgs += [error] if error else []
            elif strict:
                missing_keys.append(prefix + name)
        extra = prefix + _EXTRA_STATE
        if self._overrides("set_extra_state"):
            if extra in state_dict:
                self.set_extra_state(state_dict[extra])
            elif strict:
                missing_keys.append(extra)
        elif strict and extra in state_dict:
            unexpected_keys.append(extra)
        if strict:
            for key in state_dict:
                if key.startswith(prefix) and key != extra:
                    name, dot, _ = key[len(prefix) :].partition(".")
                    if name not in (self._modules if dot else own):
                        unexpected_keys.append(key)

    def _load_tensor(self, name: str, target: Tensor, key: str, given: Any, assign: bool) -> str | None:
        """Load one tensor; the error as text if it does not fit."""
        if not isinstance(given, Tensor):
            return (
                f'While copying the parameter named "{key}", expected torch.Tensor or Tensor-like object from '
                f"checkpoint but received {type(given)}"
            )
        if isinstance(target, Uninitialized):
            target.materialize(tuple(given.shape))
        if target.shape == () and given.shape == (1,):  # how very old versions of PyTorch saved scalars
            given = given[0]
        if given.shape != target.shape:
            return (
                f"size mismatch for {key}: copying a param with shape {given.shape} from checkpoint, "
                f"the shape in current model is {target.shape}."
            )
        with no_grad():
            if not assign:
                target.copy_(given)
            elif not isinstance(target, Parameter):
                setattr(self, name, given)
            elif isinstance(given, Parameter):
                setattr(self, name, given.requires_grad_(target.requires_grad))
            else:
                setattr(self, name, Parameter(given, target.requires_grad))
        return None

    # ---- hooks --------------------------------------------------------------------------------------------------

    def register_state_dict_pre_hook(self, hook: Callable) -> RemovableHandle:
        """Call `hook(module, prefix, keep_vars)` before state_dict."""
        return RemovableHandle(self._state_dict_pre_hooks, hook)

    def register_state_dict_post_hook(self, hook: Callable) -> RemovableHandle:
        """Call `hook(module, state_dict, prefix, local_metadata)` after state_dict; it may change the dictionary."""
        return RemovableHandle(self._state_dict_hooks, hook)

    def register_load_state_dict_pre_hook(self, hook: Callable) -> RemovableHandle:
        """Call a hook before this module's tensors are loaded.

        Its signature is that of _load_from_state_dict:
        `hook(module, state_dict, prefix, local_metadata, strict, missing_keys, unexpected_keys, error_msgs)`.
        """
        return RemovableHandle(self._load_state_dict_pre_hooks, hook)

    def register_load_state_dict_post_hook(self, hook: Callable) -> RemovableHandle:
        """Call `hook(module, incompatible_keys)` after loading; it may change both lists of keys."""
        return RemovableHandle(self._load_state_dict_post_hooks, hook)


def _load(
    module: Any,
    state_dict: dict[str, Any],
    prefix: str,
    metadata: Mapping[str, Any],
    assign: bool,
    keys: _IncompatibleKeys,
    errors: list[str],
) -> None:
    """Load a module and all below it, parents first."""
    local_metadata = dict(metadata.get(prefix[:-1], {}))
    if assign:
        local_metadata["assign_to_params_buffers"] = True
    module._load_from_state_dict(
        state_dict, prefix, local_metadata, True, keys.missing_keys, keys.unexpected_keys, errors
    )
    for name, child in module._modules.items():
        if child is not None:
            below = f"{prefix}{name}."
            part = {k: v for k, v in state_dict.items() if k.startswith(below)}
            _load(child, part, below, metadata, assign, keys, errors)
    for hook in module._load_state_dict_post_hooks:
        if hook(module, keys) is not None:
            raise AssertionError(
                "Hooks registered with ``register_load_state_dict_post_hook`` are not expected to return new values, "
                "if incompatible_keys need to be modified, it should be done inplace."
            )


def _quoted(keys: Iterable[str]) -> str:
    return ", ".join(f'"{key}"' for key in keys)


def _hint(keys: _IncompatibleKeys) -> str:
    """What probably went wrong with the keys: a prefix too many or too few, or a slip of the pen."""
    missing, unexpected = keys.missing_keys, keys.unexpected_keys
    if not missing or not unexpected:
        return ""
    surplus = _surplus_prefix(unexpected, missing)
    if surplus:
        return (
            f"\nHint: the keys of the state_dict begin with '{surplus}', those of the model do not. Load "
            f"{{key.removeprefix('{surplus}'): value for key, value in state_dict.items()}} instead."
        )
    surplus = _surplus_prefix(missing, unexpected)
    if surplus:
        return (
            f"\nHint: the keys of the model begin with '{surplus}', those of the state_dict do not. Load "
            f"{{'{surplus}' + key: value for key, value in state_dict.items()}} instead, or load into "
            f"model.get_submodule('{surplus[:-1]}')."
        )
    nearest = {key: get_close_matches(key, missing, 1) for key in unexpected}
    pairs = [f"'{key}' for '{match[0]}'" for key, match in nearest.items() if match]
    if not pairs:
        return ""
    return f"\nHint: is {', '.join(pairs[:3])}{' ...' if len(pairs) > 3 else ''} the same thing under another name?"


def _surplus_prefix(longer: list[str], shorter: list[str]) -> str:
    """The prefix 'a.b.' that makes the keys of `longer` out of those of `shorter`; '' if there is none."""
    match = next((key for key in longer if key.endswith("." + shorter[0])), None)
    if match is None:
        return ""
    prefix = match[: -len(shorter[0])]
    return prefix if set(longer) == {prefix + key for key in shorter} else ""
