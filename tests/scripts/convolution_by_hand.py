"""Homework: convolution by im2col, checked against the library and by finite differences; and filters on images."""

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

rng = np.random.default_rng(9)
x = torch.tensor(rng.standard_normal((2, 3, 7, 6)), dtype=torch.float64, requires_grad=True)
w = torch.tensor(rng.standard_normal((4, 3, 3, 3)), dtype=torch.float64, requires_grad=True)
b = torch.tensor(rng.standard_normal(4), dtype=torch.float64, requires_grad=True)


def conv_im2col(x, w, b, stride=1, padding=0):
    n, _, h, width = x.shape
    o, _, kh, kw = w.shape
    cols = F.unfold(x, (kh, kw), padding=padding, stride=stride)
    out = w.view(o, -1) @ cols + b.view(-1, 1)
    return out.view(n, o, (h + 2 * padding - kh) // stride + 1, (width + 2 * padding - kw) // stride + 1)


def conv_loops(x, w, b):
    n, _, h, width = x.size()
    o, _, kh, kw = w.size()
    out = torch.zeros(n, o, h - kh + 1, width - kw + 1, dtype=x.dtype)
    for i in range(out.size(2)):
        for j in range(out.size(3)):
            patch = x[:, None, :, i : i + kh, j : j + kw]
            out[:, :, i, j] = (patch * w).sum(dim=(2, 3, 4)) + b
    return out


for stride, padding in ((1, 0), (2, 1), (3, 2)):
    mine, theirs = conv_im2col(x, w, b, stride, padding), F.conv2d(x, w, b, stride=stride, padding=padding)
    grads = torch.autograd.grad((mine**2).sum(), (x, w, b))
    others = torch.autograd.grad((theirs**2).sum(), (x, w, b))
    print(theirs.shape, torch.allclose(mine, theirs), [torch.allclose(g, o) for g, o in zip(grads, others)])
print((conv_loops(x, w, b) - F.conv2d(x, w, b)).abs().max() < 1e-10, F.conv2d(x, w, b)[0, 0])
conv_loops(x, w, b).sum().backward()
print(x.grad[0, 0], w.grad[0, 0], b.grad)

patches = x.unfold(2, 3, 1).unfold(3, 3, 1) if hasattr(x, "unfold") else None
print(patches.shape)
cols = F.unfold(torch.arange(16.0).view(1, 1, 4, 4), kernel_size=2, stride=2)
print(cols, F.fold(cols, (4, 4), 2, stride=2), F.fold(F.unfold(torch.ones(1, 1, 3, 3), 2), (3, 3), 2))


def numerical_gradient(f, x, h=1e-5):
    grad = torch.zeros_like(x)
    flat, gflat = x.detach().view(-1), grad.view(-1)
    for i in range(flat.numel()):
        old = flat[i].item()
        flat[i] = old + h
        plus = f(x).item()
        flat[i] = old - h
        minus = f(x).item()
        flat[i] = old
        gflat[i] = (plus - minus) / (2 * h)
    return grad


small = torch.tensor(rng.standard_normal((1, 2, 4, 4)), requires_grad=True)
kernel = torch.tensor(rng.standard_normal((2, 1, 3, 3)), requires_grad=True)


def loss_of(t):
    return (F.conv2d(t, kernel, groups=2, padding=1).tanh() ** 2).mean()


loss_of(small).backward()
numeric = numerical_gradient(loss_of, small)
print("relative error", ((small.grad - numeric).abs().max() / numeric.abs().max()).item() < 1e-7, small.grad[0, 0])
print(torch.autograd.gradcheck(lambda a, k: F.conv2d(a, k, padding=2, dilation=2, groups=2), (small, kernel)))
print(
    torch.autograd.gradcheck(F.conv_transpose2d, (x[:1, :, :3, :3].detach().requires_grad_(), w.transpose(0, 1)[:, :2]))
)

# filters: the same kernel on every channel, by a depthwise convolution
image = torch.from_numpy(rng.random((1, 3, 8, 8))).float()
g = torch.exp(-(torch.arange(-2, 3).float() ** 2) / 2)
gauss = torch.outer(g, g)
gauss /= gauss.sum()
print(gauss)
blurred = F.conv2d(F.pad(image, (2, 2, 2, 2), mode="reflect"), gauss.expand(3, 1, 5, 5), groups=3)
print(blurred.shape, blurred[0, 1], image.var() > blurred.var())
sobel = torch.tensor([[-1.0, 0, 1], [-2, 0, 2], [-1, 0, 1]])
edges = F.conv2d(image.mean(1, keepdim=True), torch.stack([sobel, sobel.t()]).unsqueeze(1), padding=1)
print(edges.pow(2).sum(1).sqrt()[0, 0])
depthwise = nn.Conv2d(3, 6, 3, groups=3, padding=1, bias=False)
pointwise = nn.Conv2d(6, 4, 1)
print(depthwise, depthwise.weight.shape, pointwise(depthwise(image)).shape)
depthwise.weight.data.fill_(1 / 9)
print(torch.allclose(depthwise(image)[:, ::2], F.avg_pool2d(image, 3, 1, 1), atol=1e-6))
print(
    F.max_pool2d(image, 3, stride=2, ceil_mode=True).shape,
    nn.AvgPool2d(3, 2, count_include_pad=False, padding=1)(image)[0, 0],
)
try:
    F.conv2d(image, torch.ones(2, 4, 3, 3))
except RuntimeError as error:
    print(type(error).__name__, "channels" in str(error))
sharpen = 2 * image - F.conv2d(image, torch.ones(3, 1, 3, 3) / 9, padding="same", groups=3)
print(
    sharpen.clamp(0, 1).sum(), nn.Conv2d(3, 1, 3, padding=1, padding_mode="circular"), nn.ReflectionPad2d((1, 0, 2, 1))
)
