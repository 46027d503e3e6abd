"""`python -m minitorch_cv run SCRIPT`: the script is the program; its errors are shown as Python shows them."""

import subprocess
import sys

import pytest

from minitorch_cv.__main__ import main
from minitorch_cv.scripts import run_script
from tests.as_torch.hiding import hidden_torch, kept_program


@pytest.fixture
def program(tmp_path):
    with hidden_torch(), kept_program(tmp_path):
        yield


def write(path, text):
    path.parent.mkdir(exist_ok=True, parents=True)
    path.write_text(text)
    return str(path)


SCRIPT = '''"""A script."""
import pickle
import sys
import torch
from helpers.net import Net
from beside import VALUE

class Pair:
    pass

if __name__ == "__main__":
    print(torch.__version__, VALUE, Net.__mro__[1].__module__.split(".")[0], __file__.endswith("train.py"), __doc__)
    print(sys.argv[1:], type(pickle.loads(pickle.dumps(Pair()))) is Pair, sys.modules["__main__"].Pair is Pair)
'''


def files(folder):
    write(folder / "beside.py", "VALUE = 7\n")
    write(folder / "helpers" / "net.py", "from torch import nn\nclass Net(nn.Module):\n    pass\n")
    return write(folder / "train.py", SCRIPT)


EXPECTED = "2.13.0+minitorch_cv 7 minitorch_cv True A script.\n['--lr', '0.1', '--help'] True True\n"


def test_the_command(tmp_path):
    """As a process of its own, in another folder than the script's."""
    script = files(tmp_path / "course")
    command = [sys.executable, "-m", "minitorch_cv", "run", script, "--lr", "0.1", "--help"]
    ran = subprocess.run(command, capture_output=True, text=True)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, EXPECTED, "")


def test_a_package_as_the_program(tmp_path):
    """`run -m`: imports within the package are found, and torch is this library for all of it."""
    write(tmp_path / "homework" / "__init__.py", "from torch import nn\n")
    write(tmp_path / "homework" / "net.py", "from . import nn\nclass Net(nn.Module):\n    pass\n")
    source = "import sys\nfrom .net import Net\nprint(Net.__mro__[1].__module__.split('.')[0], "
    source += "__name__, __package__, sys.argv[1:])\n"
    write(tmp_path / "homework" / "train.py", source)
    write(tmp_path / "homework" / "__main__.py", "from . import train\n1 / 0\n")
    command = [sys.executable, "-m", "minitorch_cv", "run", "-m"]

    def run(*arguments):
        return subprocess.run([*command, *arguments], capture_output=True, text=True, cwd=tmp_path)

    ran = run("homework.train", "--lr", "1")
    assert (ran.returncode, ran.stdout) == (0, "minitorch_cv __main__ homework ['--lr', '1']\n"), ran.stderr
    ran = run("homework")
    assert (ran.returncode, ran.stdout) == (1, "minitorch_cv homework.train homework []\n")
    assert "ZeroDivisionError" in ran.stderr and "minitorch_cv" not in ran.stderr and "runpy" not in ran.stderr
    ran = run("homework.missing")
    assert ran.returncode == 1 and ran.stderr.startswith("no module homework.missing in ")
    assert run(".homework").stderr.startswith("no module .homework in ")
    write(tmp_path / "broken" / "__init__.py", "import torchtext\n")
    write(tmp_path / "broken" / "train.py", "")
    ran = run("broken.train")
    assert ran.returncode == 1 and "No module named 'torchtext'" in ran.stderr and "runpy" not in ran.stderr


def test_annotations_are_those_of_the_script(tmp_path, capsys, program):
    """`type=field.type` of a dataclass is how scripts make their options."""
    script = write(
        tmp_path / "options.py",
        "from dataclasses import dataclass, fields\n@dataclass\nclass Options:\n    lr: float = 0.1\n"
        "print([field.type('0.5') for field in fields(Options)])\n",
    )
    assert main(["run", script]) == 0
    assert capsys.readouterr().out == "[0.5]\n"


def test_in_this_process(tmp_path, capsys, program):
    assert main(["run", files(tmp_path / "course"), "--lr", "0.1", "--help"]) == 0
    assert capsys.readouterr().out == EXPECTED
    assert sys.path[0] == str(tmp_path / "course")


def test_an_error_of_the_script_points_at_the_script(tmp_path, capsys, program):
    script = write(tmp_path / "fails.py", "import torch\ndef f():\n    return torch.nn.Con2d(1, 2, 3)\n\nf()\n")
    with pytest.raises(SystemExit) as left:
        run_script(script)
    assert left.value.code == 1
    shown = capsys.readouterr().err.splitlines()
    assert shown[0] == "Traceback (most recent call last):"
    assert [line for line in shown if line.startswith("  File")] == [
        f'  File "{script}", line 5, in <module>',
        f'  File "{script}", line 3, in f',
    ]
    assert shown[-1].startswith("AttributeError: torch.nn.Con2d: ") and "torch.nn.Conv2d" in shown[-1]


def test_an_error_of_the_library_shows_where(tmp_path, capsys, program):
    script = write(tmp_path / "fails.py", "import torch\ntorch.ones(2, 3) @ torch.ones(2, 3)\n")
    with pytest.raises(SystemExit):
        main(["run", script])  # a RuntimeError of the script's is not one of the command's
    shown = capsys.readouterr().err
    assert f'File "{script}", line 2' in shown and "minitorch_cv/ops" in shown and "minitorch-cv run:" not in shown


def test_an_import_error_and_a_syntax_error(tmp_path, capsys, program):
    script = write(tmp_path / "imports.py", "from torch.utils.tensorboard import SummaryWriter\n")
    with pytest.raises(SystemExit):
        run_script(script)
    shown = capsys.readouterr().err.splitlines()
    assert [line for line in shown if line.startswith("  File")] == [f'  File "{script}", line 1, in <module>']
    script = write(tmp_path / "syntax.py", "import torch\nfor x in\n")
    with pytest.raises(SystemExit):
        run_script(script)
    shown = capsys.readouterr().err
    assert f'File "{script}", line 2' in shown and "SyntaxError" in shown and "run.py" not in shown


def test_the_script_may_leave(tmp_path, program):
    with pytest.raises(SystemExit) as left:
        run_script(write(tmp_path / "leaves.py", "import sys\nsys.exit(3)\n"))
    assert left.value.code == 3


def test_no_script(tmp_path, capsys, program):
    assert main(["run", str(tmp_path / "none.py")]) == 1
    assert f"minitorch-cv run: no script {tmp_path / 'none.py'}" in capsys.readouterr().err


def test_pytorch_imported_before(tmp_path, capsys):
    assert main(["run", files(tmp_path)]) == 1
    assert "minitorch-cv run: as_torch: torch itself was imported before" in capsys.readouterr().err
