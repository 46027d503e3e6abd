"""no_grad, enable_grad, set_grad_enabled and inference_mode, in every form they can be written."""

import threading

import pytest

import minitorch_cv as mt

from .both import in_both, raises_in_both, tensor


@pytest.fixture(autouse=True)
def recording():
    yield
    assert mt.is_grad_enabled() and not mt.is_inference_mode_enabled()


@in_both
def test_context_managers(L):
    x = tensor(L, [1.0], True)
    seen = []
    with L.no_grad():
        y = x * 2
        seen += [y.requires_grad, y.is_leaf, L.is_grad_enabled()]
        with L.enable_grad():
            seen += [(x * 2).requires_grad, L.is_grad_enabled()]
        with L.set_grad_enabled(True):
            seen.append((x * 2).requires_grad)
        seen.append(L.is_grad_enabled())
    with L.set_grad_enabled(False):
        seen.append((x * 2).requires_grad)
    return [*seen, L.is_grad_enabled()]


@in_both
def test_the_mode_comes_back_after_an_exception(L):
    try:
        with L.no_grad():
            raise ValueError
    except ValueError:
        return L.is_grad_enabled()


@in_both
def test_set_grad_enabled_as_a_call(L):
    L.set_grad_enabled(False)
    off = L.is_grad_enabled()
    L.set_grad_enabled(True)
    return [off, L.is_grad_enabled()]


@in_both
def test_decorators_with_and_without_brackets(L):
    x = tensor(L, [1.0], True)
    forms = [
        L.no_grad(),
        L.no_grad,
        L.enable_grad(),
        L.enable_grad,
        L.set_grad_enabled(False),
        L.inference_mode(),
        L.inference_mode,
        L.inference_mode(False),
    ]
    seen = []
    for form in forms:

        @form
        def decorated(factor):
            """What it does."""
            y = x * factor
            return [y.requires_grad, y.is_inference(), L.is_grad_enabled(), L.is_inference_mode_enabled()]

        seen.append([decorated(2), decorated(factor=3), decorated.__name__, decorated.__doc__])
        with L.no_grad():
            seen.append(decorated(2))
        seen.append(L.is_grad_enabled())
    return seen


@in_both
def test_decorated_generators(L):
    log = []

    @L.no_grad()
    def generator():
        try:
            log.append(L.is_grad_enabled())
            sent = yield 1
            log.append((sent, L.is_grad_enabled()))
            try:
                yield 2
            except ValueError:
                log.append(("caught", L.is_grad_enabled()))
                yield 3
        finally:
            log.append(("finally", L.is_grad_enabled()))

    running = generator()
    log.append(next(running))
    log.append(L.is_grad_enabled())
    log.append(running.send("sent"))
    log.append(running.throw(ValueError()))
    running.close()
    return [log, L.is_grad_enabled()]


@in_both
def test_decorated_generators_return_values_and_raise(L):
    @L.no_grad()
    def generator():
        yield 1
        return 7

    def outer():
        result = yield from generator()
        yield result

    @L.no_grad
    def failing():
        yield 1
        raise KeyError("inside")

    running = failing()
    next(running)
    try:
        next(running)
    except KeyError as error:
        return [list(outer()), str(error), L.is_grad_enabled()]


def test_classes_are_not_decorated():
    with pytest.raises(TypeError, match="decorate the class's methods, not the class Plain"):

        @mt.no_grad()
        class Plain:
            pass


@raises_in_both(TypeError, "enabled.* must be (a )?bool")
def test_set_grad_enabled_takes_a_bool(L):
    L.set_grad_enabled(1)


@in_both
def test_each_thread_has_its_own_mode(L):
    seen = []

    def other():
        seen.append(L.is_grad_enabled())
        L.set_grad_enabled(False)
        inside.set()
        done.wait()
        seen.append(L.is_grad_enabled())

    inside, done = threading.Event(), threading.Event()
    with L.no_grad():
        thread = threading.Thread(target=other)
        thread.start()
        inside.wait()
    seen.append(L.is_grad_enabled())
    done.set()
    thread.join()
    return [*seen, L.is_grad_enabled()]


def test_inference_mode_takes_a_bool_or_a_function():
    with pytest.raises(TypeError, match=r"inference_mode: mode must be a bool \(got int\)"):
        mt.inference_mode(1)


# ---- inference mode -----------------------------------------------------------------------------------------------


@in_both
def test_inference_mode(L):
    x = tensor(L, [1.0, 2.0], True)
    with L.inference_mode():
        y = x * 2
        inside = [y.requires_grad, y.is_inference(), L.is_inference_mode_enabled(), L.is_grad_enabled()]
        inside += [x.is_inference(), x.view(2).is_inference(), x.view(2).requires_grad]
        with L.inference_mode(False):
            inside += [(x * 2).requires_grad, L.is_grad_enabled()]
    return [inside, y.is_inference(), (y * 2).is_inference(), (y * 2).requires_grad, y.clone().is_inference()]


@in_both
def test_writes_inside_inference_mode(L):
    x, leaf = tensor(L, [1.0, 2.0]), tensor(L, [1.0], True)
    with L.inference_mode():
        x.add_(1)
        leaf.add_(1)
        y = x * 2
        y.add_(1)
    return [x, x._version, leaf, leaf._version, y, leaf.is_inference()]


@in_both
def test_inference_tensors_that_need_not_be_saved(L):
    x = tensor(L, [1.0, 2.0], True)
    with L.inference_mode():
        y = x * 2
    (x + y).sum().backward()
    copy = y.clone().requires_grad_()
    (copy * copy).sum().backward()
    return [x.grad, copy.grad]


@in_both
def test_inference_tensors_may_require_grad_inside(L):
    with L.inference_mode():
        y = (tensor(L, [1.0]) * 2).requires_grad_()
        return [y.requires_grad, (y * 2).requires_grad]


@raises_in_both(RuntimeError, "Inference tensors cannot be saved for backward")
def test_inference_tensors_cannot_be_saved(L):
    x = tensor(L, [1.0], True)
    with L.inference_mode():
        y = x * 2
    x * y


@raises_in_both(RuntimeError, "Inplace update to inference tensor outside InferenceMode is not allowed")
def test_inference_tensors_cannot_be_written_to_outside(L):
    with L.inference_mode():
        y = tensor(L, [1.0]) * 2
    y.add_(1)


@raises_in_both(RuntimeError, "Inference tensors do not track version counter")
def test_inference_tensors_have_no_version(L):
    with L.inference_mode():
        y = tensor(L, [1.0]) * 2
    y._version


@raises_in_both(RuntimeError, "Setting requires_grad=True on inference tensor outside InferenceMode is not allowed")
def test_inference_tensors_cannot_require_grad_outside(L):
    with L.inference_mode():
        y = tensor(L, [1.0]) * 2
    y.requires_grad_()
