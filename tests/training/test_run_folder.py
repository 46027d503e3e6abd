"""What a run's folder holds: settings, results and predictions that a report can be made of."""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

import minitorch_cv as mt
from minitorch_cv import nn, training
from minitorch_cv.training.run_folder import read_json, write_json
from minitorch_cv.utils.data import DataLoader, TensorDataset
from tests.checks import rng

CLASSES = ["cat", "dog", "horse"]


def small_net(outputs=3):
    return nn.Sequential(
        nn.Conv2d(3, 4, 3, padding=1), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, outputs)
    )


def images(count, seed=0):
    """Normalised images, mean 0.5 and deviation 0.25 by channel, and classes."""
    random = rng(seed)
    pixels = random.integers(0, 256, (count, 3, 8, 8))
    labels = random.integers(0, 3, count)
    return pixels, ((pixels / 255 - 0.5) / 0.25).astype(np.float32), labels


def begin(out, model, **kwargs):
    kwargs = {
        "seed": 3,
        "settings": {"lr": 0.1, "activation": nn.ReLU},
        "data": {"name": "noise", "test": 40},
        **kwargs,
    }
    return training.begin_run(out, "Noise", CLASSES, model, (1, 3, 8, 8), **kwargs)


def test_a_file_among_the_settings_is_told_from_another_of_its_name(tmp_path):
    (tmp_path / "best.pt").write_bytes(b"weights")
    out = begin(tmp_path / "run", small_net(), settings={"weights": tmp_path / "best.pt", "none": tmp_path / "no.pt"})
    settings = json.loads((out / "run.json").read_text())["settings"]
    assert settings["weights"] == f"best.pt (sha256 {hashlib.sha256(b'weights').hexdigest()[:8]})"
    assert settings["none"] == str(tmp_path / "no.pt")


def test_run(tmp_path):
    model = small_net()
    model[0].requires_grad_(False)
    out = begin(tmp_path / "a" / "b", model, notes=["only noise"])
    run = json.loads((out / "run.json").read_text())
    assert run["format"] == 1
    assert (run["title"], run["task"], run["classes"], run["seed"]) == ("Noise", "classification", CLASSES, 3)
    assert run["settings"] == {"lr": 0.1, "activation": str(nn.ReLU)}
    assert run["data"] == {"name": "noise", "test": 40}
    assert run["model"]["name"] == "Sequential"
    assert (run["model"]["parameters"], run["model"]["trainable"]) == (127, 15)
    assert "Conv2d" in run["model"]["summary"]
    assert run["versions"]["numpy"] == np.__version__
    assert run["machine"]["cores"] >= 1
    assert run["notes"] == ["only noise"]


@pytest.mark.parametrize("as_module", [False, True])
def test_command(tmp_path, as_module):
    """The command line that is noted starts the same script again."""
    folder = tmp_path / "scripts"
    folder.mkdir()
    (folder / "one.py").write_text(
        "import minitorch_cv as mt\nfrom minitorch_cv import nn, training\n"
        "training.begin_run('out', 'x', ['a', 'b'], nn.Linear(2, 2), (1, 2))\n"
    )
    start = ["-m", "scripts.one"] if as_module else ["scripts/one.py"]
    root = Path(__file__).resolve().parents[2]
    env = {**os.environ, "PYTHONPATH": str(root)}
    subprocess.run([sys.executable, *start, "--name", "two words"], check=True, cwd=tmp_path, env=env, timeout=120)
    run = json.loads((tmp_path / "out" / "run.json").read_text())
    assert run["command"] == f"python {' '.join(start)} --name 'two words'"


def test_finish_of_a_classification(tmp_path):
    model = small_net()
    out = begin(tmp_path, model)
    pixels, inputs, labels = images(40)
    loader = DataLoader(TensorDataset(mt.from_numpy(inputs), mt.from_numpy(labels)), batch_size=16)
    write_json(out / "history.json", {"val_loss": [3.0, 1.0, 2.0], "seconds": [30.0, 60.0, 30.0]})
    metrics = training.finish_run(
        out, model, loader, nn.CrossEntropyLoss(), mean=[0.5] * 3, std=[0.25] * 3, features="3", monitor="val_loss"
    )
    with mt.no_grad():
        scores = model(mt.from_numpy(inputs)).numpy()
    right = scores.argmax(1) == labels
    assert metrics["accuracy"] == right.mean()
    assert metrics["per_class"]["dog"] == pytest.approx(right[labels == 1].mean())
    expected = torch.nn.functional.cross_entropy(torch.tensor(scores), torch.tensor(labels)).item()
    assert metrics["loss"] == pytest.approx(expected, rel=1e-5)
    assert (metrics["split"], metrics["samples"]) == ("test", 40)
    assert (metrics["epochs"], metrics["minutes"], metrics["best_epoch"]) == (3, 2.0, 2)
    assert json.loads((out / "metrics.json").read_text()) == metrics
    with np.load(out / "predictions.npz") as kept:
        np.testing.assert_allclose(kept["scores"], scores, rtol=1e-5, atol=1e-6)
        np.testing.assert_array_equal(kept["targets"], labels)
        chosen = kept["image_index"]
        assert set(chosen) >= set(np.flatnonzero(~right)[:1])
        np.testing.assert_array_equal(kept["images"], pixels[chosen].transpose(0, 2, 3, 1))  # normalisation undone
        np.testing.assert_array_equal(kept["feature_index"], np.arange(40))
        with mt.no_grad():
            np.testing.assert_allclose(kept["features"], model[:4](mt.from_numpy(inputs)).numpy(), rtol=1e-5, atol=1e-6)
        np.testing.assert_array_equal(kept["filters"], model[0].weight.detach().numpy())


def test_images_outside_0_to_1_are_stretched(tmp_path):
    model = small_net()
    out = begin(tmp_path, model)
    _pixels, inputs, labels = images(12)
    loader = DataLoader(TensorDataset(mt.from_numpy(inputs), mt.from_numpy(labels)), batch_size=12)
    training.finish_run(out, model, loader)
    with np.load(out / "predictions.npz") as kept:
        assert kept["images"].min() == 0 and kept["images"].max() == 255
    assert "loss" not in json.loads((out / "metrics.json").read_text())


def test_scores_of_an_image_and_its_mirror_image(tmp_path):
    model = small_net()
    out = begin(tmp_path, model)
    pictures = mt.from_numpy(images(6)[1])
    loader = DataLoader(TensorDataset(pictures, mt.tensor([0, 1, 2, 0, 1, 2])), batch_size=4)
    metrics = training.finish_run(out, model, loader, mirror=True)
    assert metrics["scores_of"] == "each image and its mirror image, averaged"
    with mt.no_grad():
        model.eval()
        expected = (model(pictures) + model(pictures.flip(3))) / 2
    kept = np.load(out / "predictions.npz")["scores"]
    np.testing.assert_allclose(kept, expected.numpy(), rtol=1e-5, atol=1e-6)
    assert np.abs(kept - model(pictures).detach().numpy()).max() > 1e-4
    page = training.report(out).read_text()
    assert "each image and its mirror image, averaged" in page


@pytest.mark.parametrize("mirror", [False, True])
def test_scores_of_an_image_in_several_sizes(tmp_path, mirror):
    model = small_net()
    out = begin(tmp_path, model)
    pictures = mt.from_numpy(images(6)[1])
    loader = DataLoader(TensorDataset(pictures, mt.tensor([0, 1, 2, 0, 1, 2])), batch_size=4)
    metrics = training.finish_run(out, model, loader, mirror=mirror, sizes=(5, 12))
    seen = "each image and its mirror image" if mirror else "each image"
    assert metrics["scores_of"] == f"{seen}, in 5, 12 pixels as well, averaged"
    shown = torch.tensor(pictures.numpy())
    views = [shown, *(torch.nn.functional.interpolate(shown, (n, n), mode="bilinear", antialias=True) for n in (5, 12))]
    views += [view.flip(3) for view in views] if mirror else []
    with mt.no_grad():
        expected = np.mean([model.eval()(mt.from_numpy(view.numpy())).numpy() for view in views], axis=0)
    np.testing.assert_allclose(np.load(out / "predictions.npz")["scores"], expected, rtol=1e-4, atol=1e-5)


def test_finish_of_several_labels(tmp_path):
    model = small_net()
    out = begin(tmp_path, model, task="multilabel")
    _, inputs, labels = images(40)
    targets = np.eye(3, dtype=np.float32)[labels]
    targets[:, 2] = 0
    loader = DataLoader(TensorDataset(mt.from_numpy(inputs), mt.from_numpy(targets)), batch_size=16)
    metrics = training.finish_run(out, model, loader, nn.BCEWithLogitsLoss(), method="all-point")
    with mt.no_grad():
        scores = model(mt.from_numpy(inputs)).numpy()
    by_label = training.average_precision(scores, targets, "all-point")
    assert metrics["mAP"] == pytest.approx(np.nanmean(by_label))
    assert metrics["average_precision"]["cat"] == pytest.approx(by_label[0])
    assert metrics["baseline"]["cat"] == pytest.approx((labels == 0).mean())
    assert metrics["without_positives"] == ["horse"]
    assert metrics["attribute_accuracy"]["horse"] == pytest.approx((scores[:, 2] <= 0).mean())
    assert json.loads((out / "metrics.json").read_text())["average_precision"]["horse"] is None


def test_what_is_ignored_counts_nowhere(tmp_path):
    """Not in a figure, not among the failures; and the page says how much was left out."""
    scores = np.full((80, 3, 1, 1), -1.0, np.float32)
    scores[[7, 63], 1] = 9.0  # surely wrong, but it shall not count
    scores[:40, 0] = 1.0
    targets = np.zeros((80, 3), np.float32)
    targets[:50, 0] = targets[70:, 2] = 1
    ignore = np.zeros((80, 3), bool)
    ignore[[7, 63], 1] = True
    out = begin(tmp_path, small_net(), task="multilabel")
    loader = DataLoader(TensorDataset(mt.from_numpy(scores), mt.from_numpy(targets)), batch_size=40)
    metrics = training.finish_run(out, nn.Flatten(), loader, ignore=ignore)
    assert metrics["attribute_accuracy"] == pytest.approx({"cat": 70 / 80, "dog": 1, "horse": 70 / 80})
    assert metrics["accuracy"] == pytest.approx(218 / 238)
    with np.load(out / "predictions.npz") as kept:
        np.testing.assert_array_equal(kept["ignored"], ignore)
        assert not {7, 63} & set(kept["image_index"].tolist()), "no failures to be shown"
    text = training.report(out).read_text(encoding="utf-8")
    assert "Wrong are 20 attributes of 238, in 20 of 80 samples." in text
    assert "Left out, here as in the table: 2 targets of 240, not to be counted." in text


def test_refused(tmp_path):
    model = small_net()
    with pytest.raises(ValueError, match="task is 'regression', expected one of 'classification', 'multilabel'"):
        begin(tmp_path, model, task="regression")
    out = begin(tmp_path, model)
    _, inputs, labels = images(8)
    dataset = TensorDataset(mt.from_numpy(inputs), mt.from_numpy(labels))
    with pytest.raises(ValueError, match="the loader shuffles"):
        training.finish_run(out, model, DataLoader(dataset, batch_size=8, shuffle=True))
    with pytest.raises(ValueError, match="ignore is for multi-label runs; this one has one class a sample"):
        training.finish_run(out, model, DataLoader(dataset, batch_size=8), ignore=np.zeros((8, 3), bool))
    with pytest.raises(ValueError, match=r"scores of shape \(8, 5\) for the run's 3 classes; expected \(N, 3\)"):
        training.finish_run(out, small_net(5), DataLoader(dataset, batch_size=8))


@pytest.mark.parametrize("classes", ["abc", [], ["cat", "dog", "cat"]])
def test_classes_that_are_no_different_names(tmp_path, classes):
    with pytest.raises(ValueError, match=r"classes is .*, expected a list of names, one at least, all different"):
        training.begin_run(tmp_path, "x", classes, small_net(), (1, 3, 8, 8))
    assert not list(tmp_path.iterdir())


def test_inputs_that_are_no_images(tmp_path):
    """Rows of numbers have no pictures; all else of the report is there. Classes may be numbers."""
    model = nn.Linear(6, 3)
    out = training.begin_run(tmp_path, "Rows", range(3), model, (1, 6))
    rows = TensorDataset(mt.randn(10, 6), mt.arange(10) % 3)
    training.finish_run(out, model, DataLoader(rows, batch_size=4))
    with np.load(out / "predictions.npz") as kept:
        assert sorted(kept.files) == ["scores", "targets"]
    assert "predictions.npz has no images." in training.report(out).read_text(encoding="utf-8")


def test_the_surest_mistakes_of_several_labels_are_kept(tmp_path):
    """Three images of 200 are wrong for sure; their pictures are kept, wherever they are."""
    scores = np.full((200, 3, 1, 1), -1.0, np.float32)
    scores[[17, 123, 199], 1] = 9.0
    targets = np.zeros((200, 3), np.float32)
    targets[:150, 0] = 1
    model = nn.Flatten()  # the images are the scores
    out = begin(tmp_path, small_net(), task="multilabel")
    images_and_labels = TensorDataset(mt.from_numpy(scores), mt.from_numpy(targets))
    training.finish_run(out, model, DataLoader(images_and_labels, batch_size=50))
    with np.load(out / "predictions.npz") as kept:
        assert {17, 123, 199} <= set(kept["image_index"].tolist())
        assert len(kept["images"]) == len(kept["image_index"]) <= 64


def test_mistakes_are_told_before_the_work(tmp_path):
    model = small_net()
    _, inputs, labels = images(8)
    loader = DataLoader(TensorDataset(mt.from_numpy(inputs), mt.from_numpy(labels)), batch_size=8)
    with pytest.raises(FileNotFoundError, match=r"has no run\.json; begin_run makes a run's folder"):
        training.finish_run(tmp_path, model, loader)
    out = begin(tmp_path, model)
    with pytest.raises(ValueError, match="the model has no layer 'features'; there are 0, 1"):
        training.finish_run(out, model, loader, features="features")
    with pytest.raises(ValueError, match=r"monitor is 'val_los', expected a column of .*history\.json: none"):
        training.finish_run(out, model, loader, monitor="val_los")
    write_json(out / "history.json", {"val_loss": [1.0]})
    with pytest.raises(ValueError, match=r"monitor is 'val_los', expected a column of .*history\.json: val_loss"):
        training.finish_run(out, model, loader, monitor="val_los")
    assert sorted(p.name for p in out.iterdir()) == ["history.json", "run.json"]


def test_results_of_an_earlier_run_are_told_apart(tmp_path):
    model = small_net()
    _, inputs, labels = images(8)
    loader = DataLoader(TensorDataset(mt.from_numpy(inputs), mt.from_numpy(labels)), batch_size=8)
    pages = []
    for name in ("one", "two"):
        training.finish_run(begin(tmp_path / name, model), model, loader)
    pages.append(training.report(tmp_path / "two").read_text(encoding="utf-8"))
    run = read_json(tmp_path / "two" / "run.json")
    write_json(tmp_path / "two" / "run.json", run | {"started": "2030-01-01T00:00:00"})  # begun again, and cut off
    pages.append(training.report(tmp_path / "two").read_text(encoding="utf-8"))
    assert ["The results are of an earlier run in this folder" in page for page in pages] == [False, True]
    compared = training.compare([tmp_path / "one", tmp_path / "two"]).read_text(encoding="utf-8")
    assert "Results of an earlier run in the same folder, the last one was cut off: Noise (two)." in compared


def test_json_is_whole_and_standard(tmp_path):
    path = tmp_path / "x.json"
    write_json(path, {"a": [1.0, float("nan")], "b": float("inf"), "name": "Übung"})
    assert json.loads(path.read_text(encoding="utf-8"), parse_constant=pytest.fail) == {
        "a": [1.0, None],
        "b": None,
        "name": "Übung",
    }
    with pytest.raises(TypeError):
        write_json(path, {"a": object()})
    assert read_json(path)["name"] == "Übung"
    path.write_text('{"a": ')
    with pytest.raises(RuntimeError, match=r"x\.json is damaged"):
        read_json(path)
    with pytest.raises(FileNotFoundError, match=r"missing\.json"):
        read_json(tmp_path / "missing.json")
