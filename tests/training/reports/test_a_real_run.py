"""A run that the library itself trained, from begin_run to its report."""

import json

import numpy as np
import pytest

import minitorch_cv as mt
from minitorch_cv import nn, optim
from minitorch_cv.training import begin_run, finish_run, fit
from minitorch_cv.training.metrics import accuracy, mean_average_precision
from minitorch_cv.training.reports import compare, report
from minitorch_cv.utils.data import DataLoader, TensorDataset
from tests.training.reports.reading import read_page


def train(folder, task, seed):
    """Images whose brightness by channel tells the class; two epochs."""
    random = np.random.default_rng(0)
    several = task == "multilabel"
    targets = (random.random((36, 3)) < 0.5).astype(np.float32) if several else np.arange(36) % 3
    shares = targets if several else np.eye(3, dtype=np.float32)[targets]
    images = 0.3 * random.random((36, 3, 6, 6)).astype(np.float32) + 0.6 * shares[:, :, None, None].astype(np.float32)
    mt.manual_seed(seed)
    model = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(64, 3))
    data = TensorDataset(mt.tensor(images), mt.tensor(targets))
    loss = nn.BCEWithLogitsLoss() if several else nn.CrossEntropyLoss()
    metrics = {"mAP": mean_average_precision} if several else {"accuracy": accuracy}
    name = next(iter(metrics))
    begin_run(folder, "a small run", ["red", "green", "blue"], model, (1, 3, 6, 6), task=task, seed=seed,
              settings={"momentum": 0.9}, data={"name": "colours", "train": 36})  # fmt: skip
    optimizer = optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
    loader = DataLoader(data, batch_size=12)
    fit(model, loader, loader, optimizer, loss, 2, metrics=metrics, out=folder, progress=False)
    finish_run(folder, model, loader, loss, features="1", monitor=f"val_{name}")
    return name


@pytest.mark.parametrize("task", ["classification", "multilabel"])
def test_a_real_run(tmp_path, task):
    for seed in (1, 2):
        name = train(tmp_path / str(seed), task, seed)
    metrics = json.loads((tmp_path / "1" / "metrics.json").read_text())
    page = read_page(report(tmp_path / "1"))
    assert page.texts["h1"] == ["a small run"]
    assert page.texts["dt"][0] == f"Test {name}"
    assert page.texts["dd"][0].startswith(f"{100 * metrics[name]:.2f}\u00a0%")
    assert {"Curves", "Features (t-SNE)", "Filters of the first layer", "Model"} <= set(page.headings)
    assert ["momentum", "0.9"] in page.tables["Settings of the run"]
    page = read_page(compare([tmp_path / "1", tmp_path / "2"]))
    assert [row[0] for row in page.tables["Settings that are not the same in all runs"]] == ["setting", "seed"]
