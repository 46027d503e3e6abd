"""Tutorial: what a tensor is. Creation, dtypes, shapes, indexing, views, the bridge to NumPy, printing."""

import numpy as np
import torch

# --- creation -------------------------------------------------------------------------------------------------------
data = [[1, 2], [3, 4]]
x_data = torch.tensor(data)
print(x_data, x_data.dtype, x_data.shape)
np_array = np.array(data)
x_np = torch.from_numpy(np_array)
print(x_np)
x_ones = torch.ones_like(x_data)
print(f"Ones Tensor: \n {x_ones} \n")
x_rand = torch.rand_like(x_data, dtype=torch.float)
print(x_rand.shape, x_rand.dtype, bool((x_rand >= 0).all() and (x_rand < 1).all()))
shape = (2, 3)
print(torch.zeros(shape), torch.ones(2, 3, dtype=torch.int16), torch.full((2, 2), 3.14), torch.full((2,), 7))
print(torch.arange(5), torch.arange(1, 2, 0.25), torch.linspace(0, 1, 5), torch.logspace(0, 2, 3), torch.eye(3))
print(torch.empty(2, 0), torch.tensor([]), torch.tensor(3.5), torch.tensor(True), torch.tensor([True, False]))
print(torch.FloatTensor([1, 2]), torch.LongTensor([[1], [2]]), torch.Tensor(2, 3).shape, torch.Tensor([1, 2]))
print(torch.tril_indices(3, 3).tolist(), torch.get_default_dtype())

# --- attributes -----------------------------------------------------------------------------------------------------
tensor = torch.arange(12.0).reshape(3, 4)
print(f"Shape of tensor: {tensor.shape}")
print(f"Datatype of tensor: {tensor.dtype}")
print(f"Device tensor is stored on: {tensor.device}")
print(
    tensor.size(),
    tensor.size(0),
    tensor.size(-1),
    tensor.dim(),
    tensor.ndim,
    tensor.numel(),
    tensor.nelement(),
    len(tensor),
)
print(tensor.stride(), tensor.T.stride(), tensor.is_contiguous(), tensor.t().is_contiguous(), tensor.element_size())
print(tensor.type(), tensor.long().type(), tensor.bool().dtype, tensor.half().dtype, tensor.is_floating_point())
if torch.cuda.is_available():
    tensor = tensor.to("cuda")
device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
print(device, repr(device), device.type, tensor.to(device).device == device, torch.cuda.device_count())

# --- indexing -------------------------------------------------------------------------------------------------------
print("First row: ", tensor[0])
print("First column: ", tensor[:, 0])
print("Last column:", tensor[..., -1])
print(
    tensor[1:, ::2],
    tensor[[0, 2]],
    tensor[[0, 2], [1, 3]],
    tensor[tensor > 5],
    tensor[None].shape,
    tensor[:, None, 1].shape,
)
tensor[:, 1] = 0
print(tensor)
tensor[tensor > 8] = -1
tensor[0] = torch.tensor([9.0, 8.0, 7.0, 6.0])
tensor[2, 3] = 100
print(tensor, tensor[2, 3].item(), (tensor == 0).nonzero(), (tensor < 0).sum())
rows = torch.tensor([2, 0])
print(tensor[rows], tensor.index_select(1, torch.tensor([0, 3])), torch.take(tensor, torch.tensor([0, 5])))

# --- joining and splitting ------------------------------------------------------------------------------------------
t1 = torch.cat([tensor, tensor, tensor], dim=1)
print(
    t1.shape,
    torch.stack([tensor, tensor]).shape,
    torch.vstack((tensor, tensor)).shape,
    torch.hstack((tensor, tensor)).shape,
)
for part in torch.split(torch.arange(7), 3):
    print(part)
a, b = torch.chunk(torch.arange(6).view(2, 3), 2, dim=0)
print(a, b, torch.unbind(torch.eye(2)))

# --- arithmetic -----------------------------------------------------------------------------------------------------
y1 = tensor @ tensor.T
y2 = tensor.matmul(tensor.T)
y3 = torch.empty_like(y1)
torch.matmul(tensor, tensor.T, out=y3)
print(y1, torch.equal(y1, y2), torch.allclose(y1, y3))
z3 = torch.zeros_like(tensor)
torch.mul(tensor, tensor, out=z3)
print((z3 == tensor * tensor).all())
agg = tensor.sum()
print(agg.item(), type(agg.item()), agg)
print(
    tensor.mean(), tensor.mean(dim=0), tensor.sum(dim=1, keepdim=True), tensor.std(), tensor.var(dim=1, unbiased=False)
)
print(tensor.max(), tensor.max(dim=1), tensor.argmax(), tensor.min(0).values, tensor.min(0)[1])
values, indices = torch.max(tensor, 1)
print(values, indices)
print(torch.sort(torch.tensor([3, 1, 2]), descending=True), torch.topk(tensor.flatten(), k=3))
print(
    7 // torch.tensor([2.0, -2.0]),
    2 ** torch.arange(4),
    torch.tensor([7, -7]) % 3,
    -torch.tensor([1]),
    ~torch.tensor([True]),
)
print(
    torch.tensor([1, 2]) / 2,
    torch.tensor([1, 2]) + 0.5,
    torch.tensor([1], dtype=torch.uint8) + torch.tensor([300]),
    1 - torch.ones(2),
)
print(
    torch.clamp(torch.linspace(-2, 2, 5), -1, 1), torch.where(tensor > 0, tensor, 0.0)[0], torch.abs(torch.tensor(-3))
)
print(
    torch.cumsum(torch.arange(4), 0),
    torch.prod(torch.tensor([2, 3])),
    torch.round(torch.tensor([0.5, 1.5, 2.6])),
    torch.sqrt(torch.tensor(4)),
)
print(
    torch.exp(torch.tensor([0.0, 1.0])),
    torch.log(torch.tensor([0.0, 1.0, -1.0])),
    torch.sin(torch.tensor(torch.pi / 2)),
)
print(
    torch.norm(tensor),
    torch.dot(torch.ones(3), torch.arange(3.0)),
    torch.mm(torch.eye(2), torch.ones(2, 1)),
    torch.outer(torch.arange(2), torch.arange(3)),
)

# --- in place -------------------------------------------------------------------------------------------------------
print(tensor, "\n")
tensor.add_(5)
print(tensor)
tensor.mul_(2).sub_(1).clamp_(min=0)
tensor += 1
tensor.t_()
print(tensor, tensor.zero_().sum(), tensor.fill_(2).sum(), tensor.shape)

# --- views ----------------------------------------------------------------------------------------------------------
v = torch.arange(24)
w = v.view(2, 3, 4)
w[0, 0, 0] = 99
print(v[:3], w.view(-1, 8).shape, w.permute(2, 0, 1).shape, w.transpose(1, 2).reshape(2, 12).shape, w.flatten(1).shape)
print(
    w.unsqueeze(0).shape,
    w.unsqueeze(-1).squeeze().shape,
    torch.zeros(1, 2, 1).squeeze(0).shape,
    v.data_ptr() == w.data_ptr(),
)
print(
    torch.arange(3).expand(2, 3),
    torch.arange(3).repeat(2, 2),
    torch.arange(4).view(2, 2).flip(0),
    torch.arange(3).repeat_interleave(2),
)
try:
    w.transpose(0, 1).view(24)
except RuntimeError as error:
    print(type(error).__name__)
try:
    torch.ones(2, 3) @ torch.ones(2, 3)
except RuntimeError as error:
    print(type(error).__name__)
try:
    torch.ones(2, 3) + torch.ones(4)
except RuntimeError as error:
    print(type(error).__name__)
try:
    torch.zeros(3)[5]
except IndexError as error:
    print(type(error).__name__)
try:
    torch.zeros(4).view(3, 2)
except RuntimeError as error:
    print(type(error).__name__)

# --- NumPy ----------------------------------------------------------------------------------------------------------
t = torch.ones(5)
n = t.numpy()
t.add_(1)
print(f"t: {t}")
print(f"n: {n}")
n = np.ones(5)
t = torch.from_numpy(n)
np.add(n, 1, out=n)
print(t, n, np.asarray(t).sum(), torch.as_tensor(n).dtype, torch.tensor(n, dtype=torch.float32))
print(
    np.sqrt(torch.tensor([4.0, 9.0])),
    torch.tensor([1.5, 2.5]).tolist(),
    float(torch.tensor(2.5)),
    int(torch.tensor(2.9)),
    [i.item() for i in torch.arange(3)],
)

# --- printing -------------------------------------------------------------------------------------------------------
print(
    torch.tensor([1e-8, 1.0]),
    torch.tensor([1e6, 0.5]),
    torch.tensor([1e10]),
    torch.tensor([float("nan"), float("inf"), -1.0]),
)
print(torch.arange(2000.0), torch.zeros(100, 100), torch.arange(8.0).view(2, 2, 2))
torch.set_printoptions(precision=2, sci_mode=False)
print(torch.tensor([3.14159, 2e-5]))
torch.set_printoptions(profile="default")
print(f"{torch.tensor(0.123456):.3f} {torch.tensor(3)} {torch.tensor(2.5):>8}")
print(
    x_data.double(),
    x_data.float().requires_grad_(),
    torch.tensor([1, -2], dtype=torch.int8),
    torch.ones(1, dtype=torch.float16),
)
