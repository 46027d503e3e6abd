"""A convolution and a blur filter of one's own: loops, im2col and compiled loops side by side, and a network of them.

    python examples/imagenette/own_conv.py --data FOLDER      # FOLDER holds imagenette2-160/{train,val}/WNID/*.JPEG

Three functions compute the same convolution: plain loops, which say what a convolution is; im2col, which turns it into
a product of matrices; and the loops once more, compiled by Numba. So do three others for a blur, the same filter on
every channel. `MyConvStub` and `MyFilterStub` are layers built on im2col from tensor operations, so that autograd finds
their gradients. All are held against the library's own on inputs of (4, 128, 64, 64), timed, and drawn; then a small
network of the two layers learns to tell Imagenette's classes. A training that was cut off goes on with the epoch after
its last when the command is given again.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable
from pathlib import Path

import numba
import numpy as np
from tqdm import tqdm

import minitorch_cv as torch
import minitorch_cv.nn.functional as F
from minitorch_cv import nn
from minitorch_cv.training import (
    accuracy,
    begin_run,
    evaluate,
    finish_run,
    load_checkpoint,
    report,
    save_checkpoint,
    spread_subset,
)
from minitorch_cv.utils.command_line import positive_int
from minitorch_cv.utils.data import DataLoader, Subset
from minitorch_cv.vision.datasets import Imagenette
from minitorch_cv.vision.transforms import BatchAugment, CenterCrop, Compose, ImageBatches, Resize

LARGEST_ERROR = 1e-3
MEAN, STD = (0.462, 0.458, 0.430), (0.285, 0.280, 0.301)  # of Imagenette's training images, by channel

# Of the homework: kernel (height, width), groups, output channels, stride, dilation; 128 channels in, images of 64x64.
CASES = [
    ((3, 3), 4, 128, 1, 1),
    ((5, 5), 8, 64, 1, 1),
    ((9, 7), 16, 128, 1, 1),
    ((3, 5), 32, 256, 2, 1),
    ((7, 3), 64, 128, 1, 2),
    ((9, 7), 64, 64, 3, 2),
    ((1, 1), 4, 128, 2, 1),
]
BLUR_SIZES = range(1, 7)


# --- three ways to compute a convolution; x is (N, C, H, W), weight (O, C/groups, kh, kw), bias (O,) ------------------


def convolve_loops(x, weight, bias, groups, stride, dilation):
    """What a convolution is: every number of the output is the sum of a window of the input, times the weights."""
    n, _, h, w = x.shape
    o, per_group, kh, kw = weight.shape
    oh = (h - dilation * (kh - 1) - 1) // stride + 1
    ow = (w - dilation * (kw - 1) - 1) // stride + 1
    out = np.empty((n, o, oh, ow), np.float32)
    for image in range(n):
        for filter in range(o):
            first = filter // (o // groups) * per_group  # the first input channel of this filter's group
            for i in range(oh):
                for j in range(ow):
                    total = bias[filter]
                    for channel in range(per_group):
                        for p in range(kh):
                            for q in range(kw):
                                row, column = i * stride + p * dilation, j * stride + q * dilation
                                total += x[image, first + channel, row, column] * weight[filter, channel, p, q]
                    out[image, filter, i, j] = total
    return out


convolve_jit = numba.njit(convolve_loops)  # the very same loops, compiled to machine code when first called


def convolve_im2col(x, weight, bias, groups, stride, dilation):
    """Each window becomes a column of a matrix; then all filters on all windows are one product of matrices."""
    n, c, h, w = x.shape
    o, per_group, kh, kw = weight.shape
    oh = (h - dilation * (kh - 1) - 1) // stride + 1
    ow = (w - dilation * (kw - 1) - 1) // stride + 1
    columns = np.empty((n, c, kh, kw, oh, ow), np.float32)
    for p in range(kh):  # all windows' number (p, q) at once: a picture, shifted
        for q in range(kw):
            top, left = p * dilation, q * dilation
            columns[:, :, p, q] = x[:, :, top : top + stride * oh : stride, left : left + stride * ow : stride]
    columns = columns.reshape(n, groups, per_group * kh * kw, oh * ow)
    matrix = weight.reshape(groups, o // groups, per_group * kh * kw)
    return (matrix @ columns).reshape(n, o, oh, ow) + bias[:, None, None]


# --- three ways to blur; x is (N, C, H, W), filter (kh, kw); the image keeps its size, zeros being around it ----------


def blur_loops(x, filter):
    """Every number of the output is the sum of a window of its own channel, times the filter."""
    n, c, h, w = x.shape
    kh, kw = filter.shape
    top, left = (kh - 1) // 2, (kw - 1) // 2  # an even filter reaches one more to the bottom and right
    out = np.empty((n, c, h, w), np.float32)
    for image in range(n):
        for channel in range(c):
            for i in range(h):
                for j in range(w):
                    total = np.float32(0)
                    for p in range(kh):
                        for q in range(kw):
                            row, column = i + p - top, j + q - left
                            if 0 <= row < h and 0 <= column < w:
                                total += x[image, channel, row, column] * filter[p, q]
                    out[image, channel, i, j] = total
    return out


blur_jit = numba.njit(blur_loops)


def blur_im2col(x, filter):
    """The picture, shifted by each place of the filter, times the number there; no channel meets another."""
    n, c, h, w = x.shape
    kh, kw = filter.shape
    top, left = (kh - 1) // 2, (kw - 1) // 2
    padded = np.pad(x, ((0, 0), (0, 0), (top, kh - 1 - top), (left, kw - 1 - left)))
    columns = np.empty((n, c, kh * kw, h * w), np.float32)
    for p in range(kh):
        for q in range(kw):
            columns[:, :, p * kw + q] = padded[:, :, p : p + h, q : q + w].reshape(n, c, h * w)
    return (filter.reshape(1, -1) @ columns).reshape(n, c, h, w)


# --- the two layers --------------------------------------------------------------------------------------------------


class MyConvStub(nn.Module):
    """A convolution without padding, by im2col.

    Attributes: weight: (output_channels, input_channels/num_groups, kh, kw); bias: (output_channels,) or None.
    """

    def __init__(self, kernel_size, num_groups, input_channels, output_channels, bias, stride, dilation):
        super().__init__()
        self.kernel_size = (kernel_size, kernel_size) if isinstance(kernel_size, int) else tuple(kernel_size)
        self.groups, self.stride, self.dilation = num_groups, stride, dilation
        if input_channels % num_groups or output_channels % num_groups:
            raise ValueError(
                f"MyConvStub: {input_channels} and {output_channels} channels cannot be split into {num_groups} groups"
            )
        shape = output_channels, input_channels // num_groups, *self.kernel_size
        self.weight = nn.Parameter(torch.empty(shape))
        self.bias = nn.Parameter(torch.empty(output_channels)) if bias else None
        bound = 1 / (shape[1] * shape[2] * shape[3]) ** 0.5  # as PyTorch's convolution begins
        nn.init.uniform_(self.weight, -bound, bound)
        if self.bias is not None:
            nn.init.uniform_(self.bias, -bound, bound)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        n, _, h, w = x.shape
        o, per_group, kh, kw = self.weight.shape
        oh = (h - self.dilation * (kh - 1) - 1) // self.stride + 1
        ow = (w - self.dilation * (kw - 1) - 1) // self.stride + 1
        columns = F.unfold(x, self.kernel_size, dilation=self.dilation, stride=self.stride)  # (N, C*kh*kw, oh*ow)
        columns = columns.view(n, self.groups, per_group * kh * kw, oh * ow)
        matrix = self.weight.reshape(self.groups, o // self.groups, per_group * kh * kw)
        out = (matrix @ columns).reshape(n, o, oh, ow)
        return out if self.bias is None else out + self.bias.view(1, o, 1, 1)


class MyFilterStub(nn.Module):
    """One fixed filter on every channel; the image keeps its size, zeros being added around it."""

    def __init__(self, filter, input_channels):
        super().__init__()
        self.register_buffer("filter", torch.as_tensor(filter, dtype=torch.float32))
        self.input_channels = input_channels

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        n, c, h, w = x.shape
        if c != self.input_channels:
            raise ValueError(f"MyFilterStub: images of {c} channels, expected {self.input_channels}")
        kh, kw = self.filter.shape
        top, left = (kh - 1) // 2, (kw - 1) // 2  # of an even filter one more goes to the bottom or right
        padded = F.pad(x, (left, kw - 1 - left, top, kh - 1 - top))
        columns = F.unfold(padded, (kh, kw)).view(n, c, kh * kw, h * w)
        return (columns * self.filter.view(1, 1, kh * kw, 1)).sum(dim=2).view(n, c, h, w)


class Net(nn.Module):
    """A small network of the two layers, for 64x64 colour images: blurred, so that skipping pixels loses nothing."""

    def __init__(self, num_classes: int = 10) -> None:
        super().__init__()
        blur = F.get_blur_kernel(3, "binomial")
        self.features = nn.Sequential(
            MyConvStub(5, 1, 3, 16, True, 2, 1),  # (N, 16, 30, 30)
            nn.ReLU(),
            MyFilterStub(blur, 16),
            MyConvStub(3, 2, 16, 32, True, 2, 1),  # (N, 32, 14, 14)
            nn.ReLU(),
            MyFilterStub(blur, 32),
            MyConvStub(3, 4, 32, 64, True, 2, 1),  # (N, 64, 6, 6)
            nn.ReLU(),
        )
        self.classifier = nn.Linear(64 * 6 * 6, num_classes)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return self.classifier(self.features(images).flatten(1))


# --- held against the library, and timed -----------------------------------------------------------------------------


def check_all(quick: bool) -> float:
    """Every case of the homework: im2col, compiled loops, the layer with and without a bias, and its gradients.

    Returns:  the largest error.
    """
    worst = 0.0
    shape = (1, 128, 24, 24) if quick else (4, 128, 64, 64)
    x, x_again = torch.randn(shape, requires_grad=True), torch.empty(shape, requires_grad=True)
    x_again.data.copy_(x.data)
    print(f"input {tuple(shape)}; the largest absolute error of")
    print("kernel  groups  output  stride  dilation    im2col  jit loops   layer  its gradients  without bias")
    for kernel_size, groups, outputs, stride, dilation in CASES:
        layer = MyConvStub(kernel_size, groups, 128, outputs, True, stride, dilation)
        theirs = nn.Conv2d(128, outputs, kernel_size, stride, dilation=dilation, groups=groups)
        theirs.load_state_dict(layer.state_dict())
        expected = theirs(x_again)
        arrays = (t.detach().numpy() for t in (x, layer.weight, layer.bias))
        given = (*arrays, groups, stride, dilation)
        errors = [largest(torch.from_numpy(f(*given)), expected) for f in (convolve_im2col, convolve_jit)]
        ours = layer(x)
        errors.append(largest(ours, expected))
        x.grad = x_again.grad = None
        seed = torch.randn(expected.shape) / expected.numel() ** 0.5
        ours.backward(seed)
        expected.backward(seed)
        pairs = zip((x, *layer.parameters()), (x_again, *theirs.parameters()))
        errors.append(max(largest(a.grad, b.grad) for a, b in pairs))
        layer.bias = theirs.bias = None
        errors.append(largest(layer(x), theirs(x)))
        print(f"{kernel_size[0]}x{kernel_size[1]:<5} {groups:6d} {outputs:7d} {stride:7d} {dilation:9d}", end="  ")
        print("  ".join(f"{error:8.1e}" for error in errors))
        worst = max(worst, *errors)
    small = x.detach().numpy()[:1, :8, :10, :10]  # of the loops in Python, what they can do in a moment
    for size in BLUR_SIZES:
        blur = F.get_blur_kernel(size, "binomial")
        expected = F.blur2d(x, blur, padding="same")
        filter, array = blur.numpy(), x.detach().numpy()
        errors = [largest(torch.from_numpy(f(array, filter)), expected) for f in (blur_im2col, blur_jit)]
        errors.append(largest(MyFilterStub(blur, 128)(x), expected))
        errors.append(float(np.abs(blur_loops(small, filter) - blur_im2col(small, filter)).max()))
        print(f"blur {size}x{size}: im2col {errors[0]:.1e}, jit loops {errors[1]:.1e}, layer {errors[2]:.1e}", end=", ")
        print(f"loops in Python {errors[3]:.1e}")
        worst = max(worst, *errors)
    weight, bias = np.random.default_rng(0).standard_normal((4, 4, 3, 3), np.float32), np.ones(4, np.float32)
    error = np.abs(convolve_loops(small, weight, bias, 2, 2, 2) - convolve_im2col(small, weight, bias, 2, 2, 2)).max()
    print(f"loops in Python, a convolution in 2 groups, stride and dilation 2: {error:.1e}")
    worst = max(worst, float(error))
    if worst > LARGEST_ERROR:
        raise SystemExit(f"an error is above {LARGEST_ERROR:g}")
    return worst


def largest(a: torch.Tensor, b: torch.Tensor) -> float:
    return (a - b).abs().max().item()


def time_all(out: Path, quick: bool) -> list[str]:
    """Seconds of each way for a 3x3 convolution of 128 channels in 4 groups, and for a 3x3 blur; drawn.

    Python's loops are timed for a part, and reckoned from it.

    Returns:  a sentence about each of the two.
    """
    size = 24 if quick else 64
    x = np.random.default_rng(0).standard_normal((4, 128, size, size), np.float32)
    layer = MyConvStub(3, 4, 128, 128, True, 1, 1)
    weight, bias = layer.weight.detach().numpy(), layer.bias.detach().numpy()
    part = x[:1, :32, :6, :6], weight[:1], bias[:1], 1, 1, 1  # 16 numbers of one filter
    parts = 4 * 128 * (size - 2) ** 2 / 16
    blur = F.get_blur_kernel(3, "binomial")
    filter, tensor = blur.numpy(), torch.from_numpy(x)
    convolution: dict[str, tuple[Callable, float]] = {
        "loops in Python": (lambda: convolve_loops(*part), parts),
        "the same loops, compiled": (lambda: convolve_jit(x, weight, bias, 4, 1, 1), 1),
        "im2col in NumPy": (lambda: convolve_im2col(x, weight, bias, 4, 1, 1), 1),
        "the library's conv2d": (lambda: F.conv2d(tensor, layer.weight, layer.bias, groups=4), 1),
    }
    blurring: dict[str, tuple[Callable, float]] = {
        "loops in Python": (lambda: blur_loops(x[:1, :1, :8, :8], filter), 4 * 128 * size**2 / 64),
        "the same loops, compiled": (lambda: blur_jit(x, filter), 1),
        "im2col in NumPy": (lambda: blur_im2col(x, filter), 1),
        "the library's blur2d": (lambda: F.blur2d(tensor, blur, padding="same"), 1),
    }
    shape = " × ".join(map(str, x.shape))
    tasks = {
        f"A 3×3 convolution in 4 groups of {shape} numbers": convolution,
        f"A 3×3 blur of {shape} numbers": blurring,
    }
    found = {}
    for title, ways in tasks.items():
        print(title)
        found[title] = timed(ways)
    print(f"picture: {draw(found, out / 'own_conv.png')}")
    return [
        f"{title}: {', '.join(f'{name} {value:.3g} s' for name, value in seconds.items())}."
        for title, seconds in found.items()
    ]


def timed(ways: dict[str, tuple[Callable, float]]) -> dict[str, float]:
    """Seconds of each way: the median of five times, times the number of parts."""
    seconds = {}
    for name, (work, times) in ways.items():
        work()  # compiles, where there is something to compile
        taken = []
        for _ in range(5):
            begin = time.perf_counter()
            work()
            taken.append(time.perf_counter() - begin)
        seconds[name] = float(np.median(taken)) * times
        print(f"{name:<26} {seconds[name]:10.4f} s{'  (reckoned from a part)' if times > 1 else ''}")
    return seconds


def draw(found: dict[str, dict[str, float]], path: Path) -> Path:
    """Bars for each way, a panel for each task."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, 5), layout="constrained")
    for place, (title, seconds) in enumerate(found.items(), 1):
        axes = figure.add_subplot(len(found), 1, place)
        bars = axes.barh(list(seconds), list(seconds.values()), color="#0072B2")
        axes.bar_label(bars, [f"{value:.3g} s" for value in seconds.values()], padding=4)
        axes.set(xscale="log", title=title)
        axes.set_xlim(right=max(seconds.values()) * 8)
        axes.invert_yaxis()
        axes.grid(axis="x", alpha=0.3)
    axes.set_xlabel("seconds (each line is ten times the one before)")
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=150)
    return path


# --- a network of the two layers -------------------------------------------------------------------------------------


def train(
    train_set: Imagenette, test_set: Imagenette, out: Path, epochs: int, seed: int, quick: bool, notes: list[str]
) -> None:
    """The training loop, on Imagenette's images at 64x64. A tenth of the training images is for validation."""
    classes = [names[0] for names in train_set.classes]
    if quick:
        train_set, test_set = spread_subset(train_set, 200), spread_subset(test_set, 100)
    augment = BatchAugment(flip=0.5, mean=MEAN, std=STD)
    images, test_images = ImageBatches.from_dataset(train_set, augment), ImageBatches.from_dataset(test_set)
    indices = torch.randperm(len(images), generator=torch.Generator().manual_seed(0)).tolist()
    held_out = len(indices) // 10
    train_loader = DataLoader(Subset(images, indices[held_out:]), batch_size=64, shuffle=True)
    val_loader = DataLoader(Subset(images.with_transform(augment.plain()), indices[:held_out]), batch_size=200)
    test_loader = DataLoader(test_images.with_transform(augment.plain()), batch_size=200)

    torch.manual_seed(seed)
    model = Net()
    criterion = nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    begin_run(
        out,
        "Own convolution and blur on Imagenette",
        classes,
        model,
        (1, 3, 64, 64),
        seed=seed,
        settings={"layers": "MyConvStub, MyFilterStub", "epochs": epochs},
        data={
            "name": "Imagenette, 64×64",
            "train": len(train_loader.dataset),
            "val": held_out,
            "test": len(test_images),
        },
        notes=notes,
    )
    # What a run that was cut off has come to, to go on from there; else empty.
    history = load_checkpoint(out, model=model, optimizer=optimizer)
    for epoch in range(len(history.get("seconds", [])) + 1, epochs + 1):
        begin = time.perf_counter()
        model.train()
        loss_sum = right = seen = 0.0
        for batch, labels in tqdm(train_loader, desc=f"epoch {epoch}/{epochs}", leave=False, disable=None):
            scores = model(batch)  # forward: one score for each class
            loss = criterion(scores, labels)  # how wrong they are, as one number
            optimizer.zero_grad()  # forget the gradients of the last step
            loss.backward()  # through our own layers, by autograd
            optimizer.step()  # move every parameter a little against its gradient
            loss_sum += loss.item() * len(labels)
            right += (scores.argmax(dim=1) == labels).sum().item()
            seen += len(labels)
        validation = evaluate(model, val_loader, criterion, {"accuracy": accuracy})
        row = {
            "train_loss": loss_sum / seen,
            "train_accuracy": right / seen,
            "val_loss": validation["loss"],
            "val_accuracy": validation["accuracy"],
            "seconds": time.perf_counter() - begin,
        }
        for name, value in row.items():
            history.setdefault(name, []).append(value)
        save_checkpoint(out, history, model=model, optimizer=optimizer)
        print(
            f"epoch {epoch}: loss {row['train_loss']:.4f}, training accuracy {row['train_accuracy']:.2%}, "
            f"validation accuracy {row['val_accuracy']:.2%}"
        )
    result = finish_run(out, model, test_loader, criterion, mean=MEAN, std=STD)
    print(f"test accuracy {result['accuracy']:.2%}, page: {report(out)}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", default=os.environ.get("MINITORCH_CV_DATA"), help="folder that holds imagenette2-160")
    parser.add_argument("--epochs", type=positive_int, default=5)
    parser.add_argument("--quick", action="store_true", help="smaller inputs, a few images, one epoch: to see it run")
    parser.add_argument("--out", type=Path, default=Path("runs/imagenette-own-conv"))
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    folder = args.out.with_name(f"{args.out.name}-quick") if args.quick else args.out
    to_size = Compose([Resize(64), CenterCrop(64)])
    train_set, test_set = (Imagenette(args.data, split, "160px", transform=to_size) for split in ("train", "val"))
    torch.manual_seed(args.seed)
    worst = check_all(args.quick)
    notes = [f"The largest absolute error of all cases, against the library's own: {worst:.1e}."]
    notes += time_all(folder, args.quick)
    train(train_set, test_set, folder, 1 if args.quick else args.epochs, args.seed, args.quick, notes)


if __name__ == "__main__":
    main()
