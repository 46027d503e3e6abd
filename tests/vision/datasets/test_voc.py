"""VOCDetection, beside torchvision's class; and damaged annotations."""

from xml.etree import ElementTree

import pytest
import torchvision.datasets as theirs

from minitorch_cv.utils.checksum import digest_of
from minitorch_cv.vision.datasets import VOCClassification, VOCDetection
from minitorch_cv.vision.datasets.voc import ARCHIVES
from tests.vision.datasets.checks import check_alike, check_can_be_copied, check_raises_alike, pack
from tests.vision.datasets.fixtures import write_voc

BOTH = [VOCDetection, VOCClassification]


@pytest.mark.parametrize("year", ["2007", "2011", "2012"])
@pytest.mark.parametrize("image_set", ["train", "val", "trainval"])
def test_reading(tmp_path, year, image_set):
    write_voc(tmp_path, year, pixels=(9, 12))
    dataset = VOCDetection(str(tmp_path), year, image_set)
    check_alike(dataset, theirs.VOCDetection(str(tmp_path), year, image_set))
    assert dataset.annotations == theirs.VOCDetection(str(tmp_path), year, image_set).annotations
    check_can_be_copied(dataset)


def test_the_test_split_of_2007(tmp_path):
    write_voc(tmp_path, "2007", pixels=(9, 12))
    check_alike(VOCDetection(str(tmp_path), "2007", "test"), theirs.VOCDetection(str(tmp_path), "2007", "test"))


def test_transforms(tmp_path):
    write_voc(tmp_path, pixels=(9, 12))

    def size(image):
        return image.size

    for options in (
        {"transform": size, "target_transform": lambda target: target["annotation"]["filename"]},
        {"transforms": lambda image, target: (len(target), image.size)},
    ):
        mine, reference = VOCDetection(str(tmp_path), **options), theirs.VOCDetection(str(tmp_path), **options)
        assert [mine[k] for k in range(8)] == [reference[k] for k in range(8)]
    check_raises_alike(
        lambda: VOCDetection(str(tmp_path), transform=size, transforms=size),
        lambda: theirs.VOCDetection(str(tmp_path), transform=size, transforms=size),
        "Only transforms or transform/target_transform can be passed as argument",
    )


@pytest.mark.parametrize(
    "text",
    [
        "<annotation><a>1</a><a>2</a><b> x </b><c/></annotation>",
        "<annotation><object><name>cat</name></object></annotation>",
        "<annotation>text<object><name>cat</name><part>1</part><part/></object><object>2</object></annotation>",
        "<annotation/>",
        "<annotation> </annotation>",
        "<other><object>1</object><object><x>1</x><x> </x></object></other>",
    ],
)
def test_annotations_as_dicts(text):
    node = ElementTree.fromstring(text)
    assert VOCDetection.parse_voc_xml(node) == theirs.VOCDetection.parse_voc_xml(node)


def test_archives_are_torchvisions():
    for key, (folder, filename, md5, base) in ARCHIVES.items():
        expected = theirs.voc.DATASET_YEAR_DICT[key]
        assert (expected["md5"], expected["base_dir"]) == (md5, base)
        assert expected["url"] == f"{VOCDetection.mirrors[0]}{folder}/{filename}"


@pytest.mark.parametrize("kind", BOTH)
def test_missing_files(tmp_path, kind):
    root = str(tmp_path)
    for options, match in (
        ({"year": "2013"}, r"Unknown value '2013' for argument year\. Valid values are \{'2007', '2008', .*'2012'\}"),
        (
            {"image_set": "test"},
            r"Unknown value 'test' for argument image_set\. Valid values are \{'train', 'trainval', ",
        ),
        ({"year": "2007", "image_set": "x"}, "'val', 'test'}"),
        ({"year": 2012}, "Expected type str for argument year"),
    ):
        with pytest.raises(ValueError, match=match) as found:
            kind(root, **options)
        with pytest.raises(ValueError) as expected:
            theirs.VOCDetection(root, **options)
        assert str(found.value) == str(expected.value)
    with pytest.raises(
        RuntimeError, match=rf"^Dataset not found\. You can use download=True.*{kind.__name__} expects"
    ) as found:
        kind(root)
    assert "VOCdevkit/VOC2012/ImageSets/Main/train.txt, and" in str(found.value)
    write_voc(tmp_path)
    base = tmp_path / "VOCdevkit" / "VOC2012"
    (base / "JPEGImages" / "2012_000004.jpg").unlink()
    match = r"train\.txt lists 8 images, of which 1 are not in .*JPEGImages: the first is 2012_000004\.jpg"
    with pytest.raises(RuntimeError, match=match):
        kind(root)
    (base / "Annotations").rename(base / "annotations")
    with pytest.raises(
        RuntimeError, match=r"val\.txt lists 4 images, of which 4 are not in .*Annotations: the first is"
    ):
        kind(root, image_set="val")
    (base / "ImageSets" / "Main" / "val.txt").write_bytes(b"\xff\xfe garbage")
    with pytest.raises(RuntimeError, match=r"val\.txt lists 2 images, of which 2 are not in"):
        kind(root, image_set="val")
    (base / "ImageSets" / "Main" / "val.txt").write_text("\n")
    with pytest.raises(RuntimeError, match=r"val\.txt is corrupted: it lists no image"):
        kind(root, image_set="val")


BOMB = '<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;">]><annotation><object>&c;</object></annotation>'


@pytest.mark.parametrize(
    ("content", "match"),
    [
        ("", "it is not well-formed XML"),
        ("<annotation><object></annotation>", "it is not well-formed XML"),
        ("not found", "it is not well-formed XML"),
        ('<?xml version="1.0" encoding="unknown"?><annotation/>', "it is not well-formed XML"),
        ("<html></html>", "expected <annotation>, found <html>"),
        (BOMB.encode("utf-16"), "it defines a document type, which an annotation does not"),
        (BOMB, "it defines a document type, which an annotation does not"),
    ],
)
def test_damaged_annotations(tmp_path, content, match):
    write_voc(tmp_path)
    path = tmp_path / "VOCdevkit" / "VOC2012" / "Annotations" / "2012_000001.xml"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    dataset = VOCDetection(tmp_path)
    dataset[1]
    with pytest.raises(RuntimeError, match=match) as found:
        dataset[0]
    assert str(found.value).startswith(f"{path} is corrupted: ")
    with pytest.raises(RuntimeError, match=match):
        VOCClassification(tmp_path)


def test_downloading(tmp_path, serve):
    """Also a second archive into the folder of the first."""
    mirror = tmp_path / "mirror"
    archives = dict(ARCHIVES)
    for year in ("2012", "2007"):
        write_voc(tmp_path / year, year, pixels=(9, 12))
        folder, filename, _, base = ARCHIVES[year]
        (mirror / folder).mkdir(parents=True)
        archive = pack(tmp_path / year, ["VOCdevkit"], mirror / folder / filename, "w")
        archives[year] = (folder, filename, digest_of(archive), base)
    server = serve(mirror)

    class Local(VOCDetection):
        mirrors = ("http://127.0.0.1:1/", server.url)

    Local.archives = archives
    for year in ("2012", "2007", "2012"):
        assert len(Local(tmp_path / "new", year, download=True)) == 8
    assert len(server.asked) == 2
