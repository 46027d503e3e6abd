"""VOCSegmentation, Oxford-IIIT Pet, Flowers-102 and Caltech 101, beside torchvision's classes, and damaged files."""

import os
import zipfile

import numpy as np
import pytest
import torchvision.datasets as theirs
from PIL import UnidentifiedImageError
from scipy.io import savemat

from minitorch_cv.utils.checksum import digest_of
from minitorch_cv.vision.datasets import Caltech101, Flowers102, OxfordIIITPet, VOCSegmentation
from tests.vision.datasets.checks import check_alike, check_can_be_copied, check_raises_alike, pack, plain
from tests.vision.datasets.fixtures import write_caltech101, write_flowers, write_pets, write_voc, write_voc_masks

PIXELS = (9, 12)


@pytest.fixture(autouse=True)
def unchecked(monkeypatch):
    """Torchvision reads without the checksums of the real files."""
    monkeypatch.setattr(theirs.flowers102, "check_integrity", lambda path, md5=None: os.path.isfile(path))


def check_targets(mine, reference):
    """The same pairs, whatever a target is: masks are compared with their palettes."""
    assert len(mine) == len(reference) > 0 and repr(mine) == repr(reference)
    for k in range(len(reference)):
        assert plain(mine[k][0]) == plain(reference[k][0])
        found, expected = mine[k][1], reference[k][1]
        for one, two in zip(*((pair if isinstance(pair, tuple) else (pair,)) for pair in (found, expected))):
            if isinstance(two, np.ndarray):
                np.testing.assert_array_equal(one, two)
                assert one.dtype == two.dtype
            else:
                assert plain(one) == plain(two)
                assert not hasattr(two, "getpalette") or one.getpalette() == two.getpalette()


class TestVOCSegmentation:
    @pytest.mark.parametrize("year", ["2007", "2011", "2012"])
    def test_reading(self, tmp_path, year):
        write_voc_masks(tmp_path, year, pixels=PIXELS)
        for image_set in ("train", "val", "trainval", *(["test"] if year == "2007" else [])):
            mine, reference = (m(str(tmp_path), year, image_set) for m in (VOCSegmentation, theirs.VOCSegmentation))
            check_targets(mine, reference)
            assert (mine.images, mine.masks) == (reference.images, reference.masks)
        check_can_be_copied(mine)

    def test_transforms(self, tmp_path):
        write_voc_masks(tmp_path, pixels=PIXELS)
        options = {"transforms": lambda image, mask: (mask.getbbox(), image.mode)}
        mine, reference = (m(str(tmp_path), **options) for m in (VOCSegmentation, theirs.VOCSegmentation))
        assert [mine[k] for k in range(4)] == [reference[k] for k in range(4)]

    def test_missing_and_damaged_files(self, tmp_path):
        write_voc(tmp_path, pixels=PIXELS)  # without masks
        with pytest.raises(
            RuntimeError, match=r"VOCSegmentation expects .*Segmentation/train\.txt, and .*Segmentation"
        ):
            VOCSegmentation(tmp_path)
        write_voc_masks(tmp_path, pixels=PIXELS)
        masks = tmp_path / "VOCdevkit" / "VOC2012" / "SegmentationClass"
        (masks / "2012_000001.png").write_bytes((masks / "2012_000001.png").read_bytes()[:60])
        with pytest.raises(UnidentifiedImageError, match=r"2012_000001\.png cannot be read as an image"):
            VOCSegmentation(tmp_path)[0]
        (masks / "2012_000001.png").unlink()
        with pytest.raises(
            RuntimeError, match=r"lists 4 images, of which 1 are not in .*the first is 2012_000001\.png"
        ):
            VOCSegmentation(tmp_path)


class TestOxfordIIITPet:
    @pytest.mark.parametrize("split", ["trainval", "test"])
    @pytest.mark.parametrize(
        "types", ["category", "binary-category", "segmentation", ["segmentation", "category", "binary-category"], []]
    )
    def test_reading(self, tmp_path, split, types):
        write_pets(tmp_path, pixels=PIXELS)
        mine, reference = (m(str(tmp_path), split, types) for m in (OxfordIIITPet, theirs.OxfordIIITPet))
        check_targets(mine, reference)
        for name in ("classes", "class_to_idx", "bin_classes", "bin_class_to_idx", "_labels", "_bin_labels", "_images"):
            assert getattr(mine, name) == getattr(reference, name)
        check_can_be_copied(mine)

    def test_transforms(self, tmp_path):
        write_pets(tmp_path, pixels=PIXELS)
        for options in (
            {"transform": lambda image: image.size, "target_transform": lambda target: -target},
            {"transforms": lambda image, target: (target, image.size)},
        ):
            mine, reference = (m(str(tmp_path), **options) for m in (OxfordIIITPet, theirs.OxfordIIITPet))
            assert [mine[k] for k in range(8)] == [reference[k] for k in range(8)]

    def test_what_is_not_as_it_should_be(self, tmp_path):
        root = str(tmp_path)
        for options, match in (
            ({}, r"OxfordIIITPet expects .*images/\*\.jpg, and .* with trainval\.txt and trimaps/\*\.png\. It can be"),
            ({"split": "train"}, "Unknown value 'train' for argument split"),
            ({"target_types": ["category", "mask"]}, "Unknown value 'mask' for argument target_types"),
        ):
            check_raises_alike(
                lambda o=options: OxfordIIITPet(root, **o), lambda o=options: theirs.OxfordIIITPet(root, **o), match
            )
        write_pets(tmp_path, pixels=PIXELS)
        listed = tmp_path / "oxford-iiit-pet" / "annotations" / "trainval.txt"
        for text, match in (
            ("Abyssinian_0 1 1 1\nBirman_0 2\n", r"line 2 is 'Birman_0 2', expected a name, the number of a breed, 1"),
            ("Abyssinian_0 1 3 1\n", "line 1 is"),
            ("Abyssinian_0 1 12 1\n", "line 1 is"),
            ("Abyssinian_0 0 1 1\n", "line 1 is"),
            ("", "it lists no image"),
        ):
            listed.write_text(text)
            with pytest.raises(RuntimeError, match=rf"trainval\.txt is corrupted: {match}"):
                OxfordIIITPet(root)
        listed.unlink()
        with pytest.raises(RuntimeError, match=r"trainval\.txt is missing: the dataset is not complete"):
            OxfordIIITPet(root)
        (tmp_path / "oxford-iiit-pet" / "images" / "Abyssinian_100.jpg").write_bytes(b"\xff\xd8\xff")
        with pytest.raises(UnidentifiedImageError, match=r"Abyssinian_100\.jpg cannot be read"):
            OxfordIIITPet(root, "test")[0]

    def test_download(self, tmp_path, serve):
        write_pets(tmp_path / "made", pixels=PIXELS)
        base, served = tmp_path / "made" / "oxford-iiit-pet", tmp_path / "served"
        served.mkdir()
        digests = [digest_of(pack(base, [name], served / f"{name}.tar.gz")) for name in ("images", "annotations")]
        server = serve(served)

        class Local(OxfordIIITPet):
            resources = tuple(zip((f"{server.url}images.tar.gz", f"{server.url}annotations.tar.gz"), digests))

        assert len(Local(tmp_path / "data", download=True)) == len(Local(tmp_path / "data", "test", download=True)) == 8
        assert len(server.asked) == 2 and OxfordIIITPet.resources == theirs.OxfordIIITPet._RESOURCES


class TestFlowers102:
    @pytest.mark.parametrize("split", ["train", "val", "test"])
    def test_reading(self, tmp_path, split):
        write_flowers(tmp_path, pixels=PIXELS)
        mine, reference = (m(str(tmp_path), split) for m in (Flowers102, theirs.Flowers102))
        check_alike(mine, reference)
        assert (mine._labels, mine._image_files) == (reference._labels, reference._image_files)
        check_can_be_copied(mine)

    def test_transforms_and_loader(self, tmp_path):
        write_flowers(tmp_path, pixels=PIXELS)

        def made(kind):
            path = {"transform": str, "target_transform": lambda target: -target, "loader": lambda path: path.name}
            return [kind(str(tmp_path), **path)[k] for k in range(4)]

        assert made(Flowers102) == made(theirs.Flowers102)

    def test_files_are_torchvisions(self):
        assert Flowers102.files == theirs.Flowers102._file_dict
        assert Flowers102.address == theirs.Flowers102._download_url_prefix

    def test_what_is_not_as_it_should_be(self, tmp_path):
        with pytest.raises(
            RuntimeError, match=r"^Dataset not found\. .*setid\.mat; missing: .*jpg, .*setid\.mat\. It ca"
        ):
            Flowers102(tmp_path)
        check_raises_alike(
            lambda: Flowers102(tmp_path, "trainval"), lambda: theirs.Flowers102(tmp_path, "trainval"), "Unknown value"
        )
        write_flowers(tmp_path, pixels=PIXELS)
        labels, setid = (tmp_path / "flowers-102" / name for name in ("imagelabels.mat", "setid.mat"))
        savemat(setid, {"trnid": [[1, 13]], "valid": np.zeros((1, 0))})
        for split, match in (
            ("train", "expected trnid to be numbers of images, 1 to 12"),
            ("val", "expected valid to be numbers of images"),
            ("test", "it has no variable tstid, but trnid, valid"),
        ):
            with pytest.raises(RuntimeError, match=rf"setid\.mat is corrupted: {match}"):
                Flowers102(tmp_path, split)
        savemat(setid, {"trnid": [[1, 2]]})
        savemat(labels, {"labels": [[1, 103]]})
        with pytest.raises(
            RuntimeError, match=r"imagelabels\.mat is corrupted: label 103 of image 2, expected 1 to 102"
        ):
            Flowers102(tmp_path)
        labels.write_bytes(labels.read_bytes()[:100])
        with pytest.raises(RuntimeError, match=r"imagelabels\.mat is corrupted: it cannot be read"):
            Flowers102(tmp_path)

    def test_download(self, tmp_path, serve):
        write_flowers(tmp_path / "made", pixels=PIXELS)
        served = tmp_path / "made" / "flowers-102"
        pack(served, ["jpg"], served / "102flowers.tgz")

        class Local(Flowers102):
            files = {key: (name, digest_of(served / name)) for key, (name, _) in Flowers102.files.items()}
            address = serve(served).url

        assert len(Local(tmp_path / "data", download=True)) == 4
        (tmp_path / "data" / "flowers-102" / "setid.mat").unlink()
        assert Local(tmp_path / "data", "val", download=True)[0][0].size == (12, 9)


class TestCaltech101:
    @pytest.mark.parametrize("kinds", ["category", "annotation", ["annotation", "category"]])
    def test_reading(self, tmp_path, kinds):
        write_caltech101(tmp_path, pixels=PIXELS)
        mine, reference = (m(str(tmp_path), kinds) for m in (Caltech101, theirs.Caltech101))
        check_targets(mine, reference)
        for name in ("categories", "annotation_categories", "index", "y", "root"):
            assert getattr(mine, name) == getattr(reference, name)
        assert mine[0][0].mode == "L" and mine[1][0].mode == "RGB"
        assert len({mine: 1}) == 1

    def test_transforms(self, tmp_path):
        write_caltech101(tmp_path, pixels=PIXELS)
        options = {"transform": lambda image: image.size, "target_transform": lambda target: -target}
        mine, reference = (m(str(tmp_path), **options) for m in (Caltech101, theirs.Caltech101))
        assert [mine[k] for k in range(6)] == [reference[k] for k in range(6)]

    def test_what_is_not_as_it_should_be(self, tmp_path):
        with pytest.raises(RuntimeError, match=r"^Dataset not found\. .*101_ObjectCategories/CATEGORY/image_0001\.jpg"):
            Caltech101(tmp_path)
        check_raises_alike(
            lambda: Caltech101(tmp_path, "box"), lambda: theirs.Caltech101(tmp_path, "box"), "Unknown value 'box' for"
        )
        with pytest.raises(ValueError, match="target_type is empty; give 'category', 'annotation' or both"):
            Caltech101(tmp_path, [])
        images = tmp_path / "caltech101" / "101_ObjectCategories"
        images.mkdir(parents=True)
        with pytest.raises(RuntimeError, match="101_ObjectCategories has no folders of images"):
            Caltech101(tmp_path)
        (images / "wrench").mkdir()
        with pytest.raises(RuntimeError, match=r"wrench has no images image_0001\.jpg and so on"):
            Caltech101(tmp_path)
        (images / "wrench").rmdir()
        write_caltech101(tmp_path, pixels=PIXELS)
        outline = tmp_path / "caltech101" / "Annotations" / "yin_yang" / "annotation_0001.mat"
        outline.write_bytes(b"nothing")
        with pytest.raises(RuntimeError, match=r"annotation_0001\.mat is corrupted"):
            Caltech101(tmp_path, "annotation")[-1]
        outline.unlink()
        with pytest.raises(FileNotFoundError, match=r"annotation_0001\.mat"):
            Caltech101(tmp_path, "annotation")[-1]

    def test_download(self, tmp_path, serve):
        write_caltech101(tmp_path / "made", pixels=PIXELS)
        base, served = tmp_path / "made" / "caltech101", tmp_path / "served"
        served.mkdir()
        pack(base, ["101_ObjectCategories"], base / "101_ObjectCategories.tar.gz")
        pack(base, ["Annotations"], base / "Annotations.tar", "w")
        with zipfile.ZipFile(served / "caltech-101.zip", "w") as file:
            for name in ("101_ObjectCategories.tar.gz", "Annotations.tar"):
                file.write(base / name, f"caltech-101/{name}")

        class Local(Caltech101):
            url = serve(served).url + "caltech-101.zip"
            zip_md5 = digest_of(served / "caltech-101.zip")

        assert [len(Local(tmp_path / "data", ["category", "annotation"], download=True)[3][1]) for _ in range(2)] == [
            2,
            2,
        ]
