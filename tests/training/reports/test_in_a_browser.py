"""The pages in Chromium, opened as files: pictures are shown, nothing sticks out, on a wide screen and on a phone."""

import json
import re
import shutil
import subprocess
from html import unescape

import pytest
from PIL import Image

from minitorch_cv.training.reports import compare, report
from tests.training.reports.run_folders import finished_run

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
WIDTHS = (1200, 400)
pytestmark = pytest.mark.skipif(BROWSER is None, reason="no Chromium on the PATH")

# The page stands in a frame of each width; all that is folded is opened before it is measured.
MEASURE = """
<body>FRAMES<pre id="found"></pre><script>
onload = () => {
  const found = [...document.querySelectorAll("iframe")].map(frame => {
    const page = frame.contentDocument, root = page.documentElement;
    page.querySelectorAll("details").forEach(d => d.open = true);
    const out = [...page.querySelectorAll("body *")].filter(
      e => !e.closest(".scroll, pre") && e.getBoundingClientRect().right > root.clientWidth + 1);
    return {width: root.clientWidth, needed: root.scrollWidth, out: out.map(e => e.tagName + "." + e.className),
            pictures: [...page.images].map(i => i.naturalWidth), background: frame.contentWindow.getComputedStyle(
            page.querySelector(".tiles > div")).backgroundColor};
  });
  document.getElementById("found").textContent = JSON.stringify(found);
};
</script></body>
"""


def browse(tmp_path, *arguments):
    command = [
        BROWSER,
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--hide-scrollbars",
        f"--user-data-dir={tmp_path}/p",
        "--allow-file-access-from-files",
        *arguments,
    ]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=True, cwd=tmp_path).stdout


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    root = tmp_path_factory.mktemp("runs")
    long = "a_class_with_a_name_that_is_very_long_and_has_no_space_where_it_could_be_broken"
    classes = [long, *(f"class {i}" for i in range(1, 12))]
    settings = {f"setting {i}": "x" * 90 for i in range(3)}
    return [
        finished_run(
            root / name,
            classes,
            seed,
            count=120,
            epochs=12,
            title=f"{name} of {long}",
            settings=settings,
            without=("features", "feature_index"),
        )
        for seed, name in enumerate(("one", "two", "three", "four"))
    ]


@pytest.fixture(scope="module")
def page_of_one(folders):
    return report(folders[0])


@pytest.mark.parametrize("kind", ["report", "comparison"])
def test_nothing_sticks_out(folders, page_of_one, tmp_path, kind):
    page = page_of_one if kind == "report" else compare(folders)
    frames = "".join(f'<iframe src="{page.as_uri()}" width="{width}" height="900"></iframe>' for width in WIDTHS)
    (tmp_path / "measure.html").write_text(MEASURE.replace("FRAMES", frames))
    dom = browse(tmp_path, "--dump-dom", (tmp_path / "measure.html").as_uri())
    found = json.loads(unescape(re.search(r'<pre id="found">(.*?)</pre>', dom, flags=re.DOTALL).group(1)))
    assert [one["width"] for one in found] == list(WIDTHS)
    for one in found:
        assert one["needed"] <= one["width"] and one["out"] == []
        assert len(one["pictures"]) == (7 if kind == "report" else 1) and min(one["pictures"]) > 100
        assert one["background"] == "rgb(0, 114, 178)", "the style sheet is not used"


def test_it_is_shown(page_of_one, tmp_path):
    browse(tmp_path, f"--screenshot={tmp_path / 'shown.png'}", "--window-size=1200,1000", page_of_one.as_uri())
    with Image.open(tmp_path / "shown.png") as shown:
        assert shown.size == (1200, 1000)
        colors = {color: count for count, color in shown.convert("RGB").getcolors(1 << 20)}
    assert colors[(255, 255, 255)] < 0.95 * 1200 * 1000 and len(colors) > 50
    assert colors[(0, 114, 178)] > 2000, "the tile of the result"
