"""Exercise: nn.init, and how models, layers, optimizers and shapes print."""

import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.nn import init

torch.manual_seed(1)
w = torch.empty(300, 200)
deviations = []
for name, call in {
    "uniform": lambda: init.uniform_(w, -1, 1),
    "normal": lambda: init.normal_(w, mean=0.5, std=0.1),
    "xavier_uniform": lambda: init.xavier_uniform_(w, gain=init.calculate_gain("relu")),
    "xavier_normal": lambda: init.xavier_normal_(w),
    "kaiming_uniform": lambda: init.kaiming_uniform_(w, a=0.1, nonlinearity="leaky_relu"),
    "kaiming_normal": lambda: init.kaiming_normal_(w, mode="fan_out", nonlinearity="relu"),
    "trunc_normal": lambda: init.trunc_normal_(w, std=0.02),
    "orthogonal": lambda: init.orthogonal_(w),
    "sparse": lambda: init.sparse_(w, sparsity=0.5),
}.items():
    result = call()
    print(name, result is w, w.shape, w.mean().abs().item() < 0.51)
    deviations.append(w.std().item())
expected = (
    1 / 3**0.5,
    0.1,
    (4 / 500) ** 0.5,
    (2 / 500) ** 0.5,
    (2 / 1.01 / 200) ** 0.5,
    (2 / 300) ** 0.5,
    0.02,
    300**-0.5,
)
print([abs(found / value - 1) < 0.05 for found, value in zip(deviations, expected)])
print(
    init.constant_(torch.empty(2), 3),
    init.ones_(torch.empty(1, 2)),
    init.zeros_(torch.empty(2)),
    init.eye_(torch.empty(2, 3)),
)
print(
    init.dirac_(torch.empty(2, 2, 3, 3))[0, 0], [round(init.calculate_gain(n), 4) for n in ("tanh", "relu", "linear")]
)
q = init.orthogonal_(torch.empty(4, 8))
print(torch.allclose(q @ q.T, torch.eye(4), atol=1e-5))
layer = nn.Linear(400, 10)
print(layer.weight.abs().max() <= 1 / 20, layer.bias.abs().max() <= 1 / 20)

model = nn.Sequential(
    nn.Conv2d(3, 16, kernel_size=(3, 5), stride=(2, 1), padding=(1, 2), dilation=1, groups=1, bias=False),
    nn.BatchNorm2d(16, eps=1e-3, momentum=0.01, affine=True, track_running_stats=True),
    nn.ReLU6(inplace=True),
    nn.MaxPool2d(kernel_size=3, stride=2, padding=1, ceil_mode=False),
    nn.ModuleList([nn.Conv2d(1, 1, 1), nn.ConvTranspose2d(4, 2, 2, stride=2, output_padding=1), nn.Identity()]),
    nn.ModuleDict({"a": nn.AvgPool2d(2), "b": nn.AdaptiveAvgPool2d((1, None)), "c": nn.AdaptiveMaxPool2d(2)}),
    nn.Sequential(nn.Flatten(), nn.Unflatten(1, (2, 3)), nn.Linear(1, 2, bias=False), nn.Bilinear(2, 3, 4)),
)
print(model)
for layer in (
    nn.LeakyReLU(0.2),
    nn.ELU(),
    nn.SELU(),
    nn.CELU(),
    nn.GELU(),
    nn.GELU(approximate="tanh"),
    nn.SiLU(),
    nn.Mish(),
    nn.Softplus(),
    nn.PReLU(3),
    nn.Sigmoid(),
    nn.Tanh(),
    nn.Softmax(dim=1),
    nn.LogSoftmax(dim=-1),
    nn.Hardtanh(),
    nn.Hardswish(),
    nn.Threshold(0.1, 20),
    nn.Dropout(),
    nn.Dropout2d(0.2, inplace=True),
    nn.LayerNorm(5),
    nn.LayerNorm([2, 3], elementwise_affine=False),
    nn.GroupNorm(2, 4),
    nn.InstanceNorm2d(3),
    nn.LocalResponseNorm(5),
    nn.BatchNorm1d(2, affine=False),
    nn.Upsample(scale_factor=2),
    nn.PixelShuffle(2),
    nn.Unfold(3),
    nn.Fold((4, 4), 2),
    nn.ZeroPad2d(1),
    nn.ReflectionPad2d(2),
    nn.ConstantPad2d(1, 3.5),
    nn.Embedding(3, 4),
    nn.Conv1d(1, 2, 3),
    nn.Conv2d(4, 4, 3, padding="same", padding_mode="reflect"),
    nn.MaxPool1d(2),
    nn.CosineSimilarity(),
    nn.PairwiseDistance(),
    nn.CrossEntropyLoss(),
    nn.NLLLoss(),
    nn.BCEWithLogitsLoss(),
    nn.MSELoss(),
    nn.SmoothL1Loss(),
    nn.KLDivLoss(),
    nn.Softmax2d(),
    nn.Softsign(),
):
    print(layer, sum(p.numel() for p in layer.parameters()))


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.scale = nn.Parameter(torch.ones(2, 2))
        self.register_buffer("steps", torch.tensor(0))
        self.register_parameter("nothing", None)
        self.layers = nn.ParameterList([nn.Parameter(torch.zeros(1))])
        self.net = nn.Linear(2, 1)

    def extra_repr(self):
        return "a net of my own"


net = Net()
print(net, net.scale, [n for n, _ in net.named_parameters()], [n for n, _ in net.named_buffers()], net.nothing)
for name, param in net.named_parameters():
    print(f"{name:15} {tuple(param.shape)!s:10} {param.numel():3d} {param.dtype} {param.requires_grad} {param.is_leaf}")
total = sum(p.numel() for p in net.parameters())
print(
    f"{total:,} total parameters.", next(net.parameters()).device, net.net.weight.type(), net.double().net.weight.dtype
)
print(
    torch.optim.SGD(net.parameters(), lr=0.1),
    torch.optim.Adam([{"params": [net.scale]}, {"params": net.net.parameters(), "lr": 1}]),
)
print(
    list(net.half().state_dict().items())[1],
    net.float().training,
    net.eval().training,
    isinstance(net.scale, torch.Tensor),
)
print(
    torch.nn.Parameter(torch.ones(1)),
    nn.Parameter(torch.ones(1), requires_grad=False),
    type(net.scale).__name__,
    torch.float32,
    torch.Size([1, 2]),
)
print(net.requires_grad_(False).scale.requires_grad, torch.device("cpu"), hasattr(net, "missing"))
try:
    net.missing
except AttributeError as error:
    print("AttributeError:", error)
try:
    nn.Module()(torch.ones(1))
except NotImplementedError as error:
    print("NotImplementedError:", str(error)[:60])
try:
    torch.ones(1).cuda()
except (AssertionError, RuntimeError):
    print("no cuda")
print(torch.backends.cudnn.is_available() in (True, False), torch.cuda.is_available(), torch.get_num_threads() > 0)
torch.backends.cudnn.deterministic, torch.backends.cudnn.benchmark = True, False
torch.use_deterministic_algorithms(False)
torch.manual_seed(3)
first = torch.rand(2)
torch.manual_seed(3)
print(
    torch.equal(first, torch.rand(2)),
    torch.randint(0, 10, (3,)).dtype,
    torch.randperm(5).sort()[0],
    torch.normal(0.0, 1.0, (2, 2)).shape,
)
print(
    torch.bernoulli(torch.tensor([0.0, 1.0])),
    torch.multinomial(torch.tensor([0.0, 1.0, 0.0]), 2, replacement=True),
    F.relu(torch.tensor([-1.0])),
)
