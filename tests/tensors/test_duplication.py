"""Tensors in Python's copy and pickle, as PyTorch's."""

import copy
import pickle

import pytest

import minitorch_cv as mt

from .both import assert_same, assert_same_error

SETUP = """
x = L.tensor([[1., 2., 3.], [4., 5., 6.]])
r = L.tensor([1., 2.], requires_grad=True)
b = L.tensor([True, False])
p = L.nn.Parameter(L.ones(2))
r.note = ['kept']
g = L.tensor([1., 2.], requires_grad=True)
g.grad = L.ones(2)
"""

EXPRESSIONS = """
copy.copy(x)
copy.copy(x) is x
copy.copy(x).data_ptr() == x.data_ptr()
copy.copy(r)
copy.copy(r).is_leaf
copy.copy(r * 2)
copy.copy(r * 2).is_leaf
copy.copy(r).note is r.note
copy.copy(g).grad
copy.copy(p)
type(copy.copy(p))
copy.deepcopy(x)
copy.deepcopy(x).data_ptr() == x.data_ptr()
copy.deepcopy(r)
copy.deepcopy(r).note
copy.deepcopy(r).note is r.note
copy.deepcopy(g).grad
(lambda q: q['a'] is q['b'])(copy.deepcopy({'a': p, 'b': p}))
(lambda q: q['a'] is q['b'])(copy.deepcopy({'a': x, 'b': x}))
(lambda memo: copy.deepcopy(x, memo) is x.__deepcopy__(memo))({})
copy.deepcopy(p)
type(copy.deepcopy(p))
copy.deepcopy(b)
copy.deepcopy(L.tensor(2.5))
copy.deepcopy(L.zeros(0, 3)).shape
copy.deepcopy(x.t()).stride()
copy.deepcopy(x[:, 1:]).stride()
copy.deepcopy(x[:, 1:]).storage_offset()
copy.deepcopy(x[:, 1:])
copy.deepcopy(x[1].expand(2, 3)).stride()
copy.deepcopy(x[1].expand(2, 3))
(lambda q: q[0] is q[1])(copy.deepcopy([r, r]))
(lambda q: (q[1].fill_(9.), q[0])[1])(copy.deepcopy((x, x[0])))
(lambda q: (q[1].fill_(9.), x)[1])(copy.deepcopy((x, x[0])))
pickle.loads(pickle.dumps(x))
pickle.loads(pickle.dumps(x.t()))
pickle.loads(pickle.dumps(x[:, 1:]))
pickle.loads(pickle.dumps(r))
pickle.loads(pickle.dumps(r)).note
pickle.loads(pickle.dumps(r * 2))
pickle.loads(pickle.dumps(b))
pickle.loads(pickle.dumps(g)).grad
pickle.loads(pickle.dumps(p))
type(pickle.loads(pickle.dumps(p)))
pickle.loads(pickle.dumps(L.zeros(0, 3))).shape
pickle.loads(pickle.dumps({'a': x}))['a']
"""


@pytest.mark.parametrize("expression", EXPRESSIONS.strip().split("\n"))
def test_copies(expression):
    assert_same(SETUP, expression)


def test_only_leaves_are_deep_copied():
    match = "Only Tensors created explicitly by the user .graph leaves. support the deepcopy protocol at the moment"
    assert_same_error(SETUP, "copy.deepcopy(r * 2)", RuntimeError, match)


def test_subclasses_stay():
    class Named(mt.Tensor):
        pass

    x = Named([1.0, 2.0])
    assert type(copy.copy(x)) is type(copy.deepcopy(x)) is Named


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_protocols(protocol):
    x = mt.tensor([1.5, 2.5], requires_grad=True)
    again = pickle.loads(pickle.dumps(x, protocol))
    assert again.tolist() == [1.5, 2.5] and again.requires_grad and again.grad is None


@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))])
def test_a_leaf_that_a_graph_leads_to(duplicate):
    """What the library notes of it stays behind: the duplicate gets its own gradient and no hooks."""
    leaf = mt.tensor([1.0, 2.0], requires_grad=True)
    leaf.note = "mine"
    calls = []
    leaf.register_hook(calls.append)
    leaf.register_post_accumulate_grad_hook(calls.append)
    result = (leaf * leaf).sum()
    assert vars(leaf) == {"note": "mine"}
    made = duplicate(leaf)
    assert vars(made) == {"note": "mine"}
    (made * 3).sum().backward()
    assert made.grad.tolist() == [3, 3] and leaf.grad is None and calls == []
    result.backward()
    assert leaf.grad.tolist() == [2, 4] and made.grad.tolist() == [3, 3] and len(calls) == 2


def test_views_note_nothing_among_the_users_attributes():
    base = mt.zeros(2, 3)
    view = base[0].view(3, 1)
    view.add_(1)
    assert vars(view) == vars(base) == {}
    assert pickle.loads(pickle.dumps(view)).tolist() == [[1], [1], [1]]
