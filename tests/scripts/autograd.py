"""Tutorial: automatic differentiation. The graph, backward, no_grad, detach, hooks, one's own Function."""

import torch
import torch.nn.functional as F

x = torch.ones(5)
y = torch.zeros(3)
w = torch.linspace(-1, 1, 15).reshape(5, 3).requires_grad_()
b = torch.tensor([0.1, 0.2, 0.3], requires_grad=True)
z = torch.matmul(x, w) + b
loss = F.binary_cross_entropy_with_logits(z, y)
print(z, loss)
print(f"Gradient function for z = {z.grad_fn}")
print(f"Gradient function for loss = {loss.grad_fn}")
loss.backward()
print(w.grad)
print(b.grad)

print(z.requires_grad)
with torch.no_grad():
    z = torch.matmul(x, w) + b
print(z.requires_grad, z)
z = torch.matmul(x, w) + b
z_det = z.detach()
print(z_det.requires_grad, z.is_leaf, w.is_leaf, z_det.is_leaf)

# Gradients add up until they are cleared.
inp = torch.eye(4, 5, requires_grad=True)
out = (inp + 1).pow(2).t()
out.backward(torch.ones_like(out), retain_graph=True)
print(f"First call\n{inp.grad}")
out.backward(torch.ones_like(out), retain_graph=True)
print(f"\nSecond call\n{inp.grad}")
inp.grad.zero_()
out.backward(torch.ones_like(out), retain_graph=True)
print(f"\nCall after zeroing gradients\n{inp.grad}")
inp.grad = None
print(inp.grad)

# a classic: y = x + 2, z = 3 y^2, mean
x = torch.ones(2, 2, requires_grad=True)
y = x + 2
print(y, y.grad_fn.name(), y.grad_fn.next_functions[0][0].name())
z = y * y * 3
out = z.mean()
print(z, out)
out.backward()
print(x.grad)

x = torch.tensor([0.3, -0.2, 1.0], requires_grad=True)
y = x * 2
while y.data.norm() < 1000:
    y = y * 2
print(y)
y.backward(torch.tensor([0.1, 1.0, 0.0001]))
print(x.grad)

# errors every student meets
a = torch.ones(3, requires_grad=True)
for attempt in (
    lambda: (a * 2).backward(),
    lambda: a.add_(1),
    lambda: a.numpy(),
    lambda: torch.ones(2).sum().backward(),
    lambda: torch.tensor([1, 2], requires_grad=True),
    lambda: [total := (a * a).sum(), total.backward(), total.backward()],
):
    try:
        attempt()
    except RuntimeError as error:
        print(type(error).__name__, "grad" in str(error))
s = torch.sigmoid(a)
loss = (s * s).sum()
s.data += 1  # unseen by autograd
with torch.no_grad():
    t = a.exp()
print(t, t.requires_grad)
u = a.exp()
v = u.sum() + (u * u).sum()
u += 1
try:
    v.backward()
except RuntimeError as error:
    print(str(error)[:80])

# retain_grad, hooks
a = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
middle = a**2
middle.retain_grad()
handle = middle.register_hook(lambda grad: print("hook sees", grad))
a.register_hook(lambda grad: grad * 10)
middle.sum().backward()
print(middle.grad, a.grad)
handle.remove()

# grad of something with respect to something
x = torch.tensor(2.0, requires_grad=True)
y = torch.tensor(3.0, requires_grad=True)
f = x**2 * y + torch.sin(y)
print(torch.autograd.grad(f, [x, y], retain_graph=True))
(gx,) = torch.autograd.grad(f, x, retain_graph=True)
print(gx, x.grad)
unused = torch.ones(1, requires_grad=True)
print(torch.autograd.grad(f, [unused], allow_unused=True))


class MyReLU(torch.autograd.Function):
    """A student's own operation."""

    @staticmethod
    def forward(ctx, input):
        ctx.save_for_backward(input)
        return input.clamp(min=0)

    @staticmethod
    def backward(ctx, grad_output):
        (input,) = ctx.saved_tensors
        grad_input = grad_output.clone()
        grad_input[input < 0] = 0
        return grad_input


class Scale(torch.autograd.Function):
    """With a constant that has no gradient."""

    @staticmethod
    def forward(ctx, tensor, constant):
        ctx.constant = constant
        return tensor * constant

    @staticmethod
    def backward(ctx, grad_output):
        return grad_output * ctx.constant, None


relu = MyReLU.apply
x = torch.tensor([-1.0, 0.5, 2.0], requires_grad=True)
y = Scale.apply(relu(x), 3)
print(y, y.grad_fn.name())
y.sum().backward()
print(x.grad)


@torch.no_grad()
def evaluate(t):
    return t * 2


print(evaluate(x).requires_grad, torch.is_grad_enabled())
with torch.set_grad_enabled(False):
    print((x * 2).requires_grad)
with torch.inference_mode():
    print((x * 2).requires_grad, torch.is_grad_enabled())
with torch.no_grad(), torch.enable_grad():
    print((x * 2).requires_grad)

# indexing, in-place and views carry gradients
x = torch.arange(6.0).reshape(2, 3).requires_grad_()
y = x * 1
y[0, 1:] = x[1, :2] * 5
y[:, 0].mul_(2)
print(y)
y.sum().backward()
print(x.grad)
x.grad.zero_()
x[torch.tensor([0, 0, 1]), torch.tensor([1, 1, 2])].sum().backward()
print(x.grad)

# gradcheck
check = torch.autograd.gradcheck(
    MyReLU.apply, (torch.tensor([-1.0, 0.5, 2.0], dtype=torch.double, requires_grad=True),)
)
print(check)
var = torch.autograd.Variable(torch.ones(2), requires_grad=True)
print(var, type(var) is torch.Tensor)
