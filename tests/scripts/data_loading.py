"""Tutorial: datasets and loaders. One's own Dataset, transforms, samplers, splits, collate_fn."""

import numpy as np
import torch
from torch.utils.data import (
    BatchSampler,
    ConcatDataset,
    DataLoader,
    Dataset,
    RandomSampler,
    SequentialSampler,
    Subset,
    SubsetRandomSampler,
    TensorDataset,
    WeightedRandomSampler,
    random_split,
)


class FaceDataset(Dataset):
    """A dataset of dictionaries."""

    def __init__(self, count, transform=None):
        self.landmarks = np.arange(count * 4, dtype=np.float64).reshape(count, 2, 2)
        self.transform = transform

    def __len__(self):
        return len(self.landmarks)

    def __getitem__(self, idx):
        if torch.is_tensor(idx):
            idx = idx.tolist()
        sample = {"image": np.full((4, 4, 3), idx, dtype=np.uint8), "landmarks": self.landmarks[idx], "name": f"f{idx}"}
        return self.transform(sample) if self.transform else sample


class ToTensor:
    def __call__(self, sample):
        image = sample["image"].transpose((2, 0, 1))
        return {**sample, "image": torch.from_numpy(image.copy()).float() / 255}


dataset = FaceDataset(10, transform=ToTensor())
for i, sample in enumerate(dataset):
    print(i, sample["image"].size(), sample["landmarks"].shape)
    if i == 1:
        break
loader = DataLoader(dataset, batch_size=4, shuffle=False, num_workers=0)
for i_batch, batch in enumerate(loader):
    print(i_batch, batch["image"].size(), batch["image"].dtype, batch["landmarks"].dtype, batch["name"])
print(len(loader), len(DataLoader(dataset, batch_size=4, drop_last=True)), loader.batch_size, len(loader.dataset))

x, y = torch.arange(20.0).view(10, 2), torch.arange(10) % 3
ds = TensorDataset(x, y)
print(len(ds), ds[3], ds[2:4], ds.tensors[1])
shuffled = [batch_y for _, batch_y in DataLoader(ds, batch_size=3, shuffle=True)]
print([len(b) for b in shuffled], torch.cat(shuffled).sort().values)
generator = torch.Generator().manual_seed(0)
train, val = random_split(ds, [7, 3], generator=generator)
print(len(train), len(val), sorted(train.indices + val.indices), type(train).__name__)
a, b = random_split(range(10), [0.75, 0.25])
print(len(a), len(b))
both = ConcatDataset([ds, Subset(ds, [0, 9])])
print(len(both), both[11], (ds + ds)[15])

indices = list(range(10))
sampler = SubsetRandomSampler(indices[:4])
print(sorted(sampler), len(sampler), list(SequentialSampler(ds)), sorted(RandomSampler(ds)))
print(list(BatchSampler(SequentialSampler(range(7)), batch_size=3, drop_last=False)))
counts = torch.bincount(y)
weights = (1.0 / counts.float())[y]
weighted = WeightedRandomSampler(weights, num_samples=3000, replacement=True)
drawn = torch.bincount(y[list(weighted)]) / 3000
print(weights, (drawn - 1 / 3).abs().max() < 0.06)
print(sum(len(xb) for xb, yb in DataLoader(ds, batch_size=4, sampler=SubsetRandomSampler(indices[5:]))))


def collate_fn(batch):
    sequences, labels = zip(*batch)
    lengths = torch.tensor([len(s) for s in sequences])
    padded = torch.zeros(len(sequences), int(lengths.max()), dtype=torch.long)
    for row, s in enumerate(sequences):
        padded[row, : len(s)] = torch.as_tensor(s)
    return padded, lengths, torch.tensor(labels)


ragged = [([1, 2, 3], 0), ([4], 1), ([5, 6], 0)]
for batch in DataLoader(ragged, batch_size=2, collate_fn=collate_fn):
    print(*batch)
for batch in DataLoader([(1, 2.0, "a", [1, 2]), (3, 4.0, "b", [3, 4])], batch_size=2):
    print(batch)
print(next(iter(DataLoader(np.eye(3, dtype=np.float32), batch_size=2))), next(iter(DataLoader(ds))))
try:
    next(iter(DataLoader(ragged, batch_size=2)))
except RuntimeError as error:
    print(type(error).__name__, "should be of equal size" in str(error))
try:
    TensorDataset(torch.ones(2), torch.ones(3))
except AssertionError as error:
    print(type(error).__name__, "Size mismatch" in str(error))
loader = DataLoader(ds, batch_size=5)
mean = sum(xb.sum(0) for xb, _ in loader) / len(loader.dataset)
print(mean, x.mean(0), x.std(0))
for epoch in range(2):
    for step, (xb, yb) in enumerate(loader, start=1):
        print(f"epoch {epoch + 1}/2, step {step}/{len(loader)}, inputs {tuple(xb.shape)} labels {yb.tolist()}")


class Countdown(torch.utils.data.IterableDataset):
    def __iter__(self):
        return iter(range(5, 0, -1))


print([b.tolist() for b in DataLoader(Countdown(), batch_size=2)])
