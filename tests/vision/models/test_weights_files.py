"""Where published weights are found on this machine, and how they are fetched: from a server on this machine."""

from __future__ import annotations

import dataclasses
import hashlib

import pytest
import torch
import torchvision.models

import minitorch_cv as mt
from minitorch_cv.utils import hub_folder
from minitorch_cv.vision import models
from minitorch_cv.vision.models.weights_files import weights_file, weights_folders
from tests.checks import check_error
from tests.servers import Resuming
from tests.vision.models.test_weights import assert_same_state, squeezenet

__all__ = ["squeezenet"]  # a fixture

CONTENT = b"weights" * 20_000
DIGEST = hashlib.sha256(CONTENT).hexdigest()
NAME = f"net-{DIGEST[:8]}.pth"
NOWHERE = f"http://127.0.0.1:1/models/{NAME}"


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """No variable is set, and the user's home folder is an empty one."""
    for name in ("MINITORCH_CV_HOME", "TORCH_HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def put(folder, content=CONTENT, name=NAME):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(content)
    return folder / name


def test_the_folders_of_pytorch(home, tmp_path, monkeypatch):
    """The same as PyTorch's own."""
    for name, value in ((None, None), ("XDG_CACHE_HOME", tmp_path / "cache"), ("TORCH_HOME", "~/torch")):
        if name:
            monkeypatch.setenv(name, str(value))
        assert [str(folder) for folder in weights_folders()] == [f"{torch.hub.get_dir()}/checkpoints"]
    monkeypatch.setattr(hub_folder, "_folder", None)
    mt.hub.set_dir(tmp_path / "set")
    assert weights_folders() == [tmp_path / "set" / "checkpoints"]


def test_the_users_files_are_found_in_order(home, tmp_path, monkeypatch):
    last = put(home / ".cache/torch/hub/checkpoints")
    assert weights_file(NOWHERE) == last
    monkeypatch.setenv("MINITORCH_CV_HOME", str(tmp_path / "own"))
    assert weights_file(NOWHERE) == last
    second = put(tmp_path / "own/weights")
    assert weights_file(NOWHERE) == second
    first = put(tmp_path / "own")
    assert weights_file(NOWHERE) == first
    assert weights_file(NOWHERE, model_dir=last.parent) == last


def test_the_users_files_by_another_name(home):
    path = put(home / ".cache/torch/hub/checkpoints", name="other.pth")
    assert weights_file(NOWHERE, file_name="other.pth") == path


def test_a_file_that_is_another_one(tmp_path):
    path = put(tmp_path, b"cut off")
    match = (
        rf"{path} is damaged, or is another file than {NOWHERE}: its sha256 begins with "
        rf"{hashlib.sha256(b'cut off').hexdigest()[:8]}, expected {DIGEST[:8]}. .*weights= its path"
    )
    check_error(RuntimeError, match, weights_file, NOWHERE, tmp_path)
    assert path.read_bytes() == b"cut off"
    assert weights_file(NOWHERE, tmp_path, check=False) == path


@pytest.mark.parametrize("own", [False, True])
def test_what_is_missing_is_fetched(home, tmp_path, monkeypatch, serve, capsys, own):
    if own:
        monkeypatch.setenv("MINITORCH_CV_HOME", str(tmp_path / "own"))
    put(tmp_path / "server")
    server = serve(tmp_path / "server")
    goal = (tmp_path / "own/weights" if own else home / ".cache/torch/hub/checkpoints") / NAME
    for _ in range(2):
        assert weights_file(server.url + NAME, progress=False) == goal
    assert goal.read_bytes() == CONTENT and len(server.asked) == 1
    assert capsys.readouterr() == ("", "")
    goal.unlink()
    weights_file(server.url + NAME)
    assert f"{NAME}: 100%" in capsys.readouterr().err


def test_a_download_goes_on_where_it_broke_off(tmp_path, serve):
    put(tmp_path / "server")
    server = serve(tmp_path / "server", Resuming, sends=100_000)
    assert weights_file(server.url + NAME, tmp_path / "goal").read_bytes() == CONTENT
    assert [asked for _, asked in server.asked] == [None, "bytes=100000-"]


def test_a_download_that_is_damaged(tmp_path, serve):
    put(tmp_path / "server", b"<html>")
    server = serve(tmp_path / "server")
    match = f"its sha256 is {hashlib.sha256(b'<html>').hexdigest()[:8]}, expected {DIGEST[:8]}\nFetch it by other means"
    check_error(RuntimeError, match, weights_file, server.url + NAME, tmp_path / "goal", check=False)
    assert list((tmp_path / "goal").iterdir()) == []


def test_nobody_has_it(tmp_path):
    match = rf"Error downloading {NAME}:\n  .*\nFetch it by other means and put it at {tmp_path / NAME}"
    check_error(RuntimeError, match, weights_file, NOWHERE, tmp_path)


def test_a_url_without_a_checksum(tmp_path):
    put(tmp_path, name="net.pth")
    url = NOWHERE.replace(NAME, "net.pth")
    assert weights_file(url, tmp_path) == tmp_path / "net.pth"
    check_error(ValueError, "expected a name that ends with the file's sha256", weights_file, url)


def test_a_models_weights_are_fetched_once_by_name(tmp_path, serve, squeezenet, monkeypatch, capsys):
    """All of it: `weights="DEFAULT"`, the download, the file, the model."""
    theirs, path = squeezenet
    content = path.read_bytes()
    name = f"squeezenet1_1-{hashlib.sha256(content).hexdigest()[:8]}.pth"
    put(tmp_path / "server", content, name)
    server = serve(tmp_path / "server")
    member = models.SqueezeNet1_1_Weights.DEFAULT
    monkeypatch.setattr(member, "_value_", dataclasses.replace(member.value, url=server.url + name))
    monkeypatch.setenv("MINITORCH_CV_HOME", str(tmp_path / "own"))
    for _ in range(2):
        assert_same_state(models.squeezenet1_1(weights="DEFAULT", progress=False), theirs)
    assert len(server.asked) == 1 and capsys.readouterr().err == ""
    state = member.get_state_dict(model_dir=tmp_path / "own/weights", map_location="cpu")
    assert list(state) == list(torchvision.models.squeezenet1_1().state_dict())
    (tmp_path / "own/weights" / name).write_bytes(content[:-1])
    with pytest.raises(RuntimeError, match="is damaged, or is another file"):
        models.squeezenet1_1(weights="DEFAULT")


def test_hub_reads_what_is_here_and_fetches_what_is_not(home, tmp_path, serve):
    mt.save({"w": mt.ones(2)}, tmp_path / "net.pth")
    content = (tmp_path / "net.pth").read_bytes()
    name = f"net-{hashlib.sha256(content).hexdigest()[:8]}.pth"
    put(tmp_path / "server", content, name)
    server = serve(tmp_path / "server")
    for _ in range(2):
        state = mt.hub.load_state_dict_from_url(server.url + name, map_location="cpu", progress=False)
        assert state["w"].tolist() == [1, 1]
    assert len(server.asked) == 1 and (home / ".cache/torch/hub/checkpoints" / name).read_bytes() == content
    match = "expected a name that ends with the file's sha256"
    check_error(ValueError, match, mt.hub.load_state_dict_from_url, server.url + "net.pth")
