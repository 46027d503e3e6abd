"""Small datasets in their owners' formats, made by hand, with classes that a network can learn.

Every `write_*` makes the same files each time and puts the same number of images of each class into each split. What
tells a class is a colour and a bright square at a place of its own (grey images: the place), under a little noise.
"""

import csv
import gzip
import pickle

import numpy as np
from PIL import Image
from scipy.io import savemat

from tests.vision.datasets.idx_files import idx_bytes

CIFAR10_CLASSES = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"]
SCENES = [
    *("bedroom", "coast", "forest", "highway", "industrial", "insidecity", "kitchen", "livingroom", "mountain"),
    *("office", "opencountry", "store", "street", "suburb", "tallbuilding"),
]
OUTDOOR = ["coast", "highway", "mountain", "opencountry", "street"]
WNIDS = [
    *("n01440764", "n02102040", "n02979186", "n03000684", "n03028079"),
    *("n03394916", "n03417042", "n03425413", "n03445777", "n03888257"),
]
VOC_CLASSES = [
    *("aeroplane", "bicycle", "bird", "boat", "bottle", "bus", "car", "cat", "chair", "cow", "diningtable", "dog"),
    *("horse", "motorbike", "person", "pottedplant", "sheep", "sofa", "train", "tvmonitor"),
]


def picture(label, number, size=(32, 32), seed=0):
    """An image (height, width, 3) uint8 of a class; `number` and `seed` vary the noise."""
    height, width = size
    random = np.random.default_rng((seed, label, number))
    image = random.integers(0, 40, (height, width, 3))
    image += np.array([label * 37 % 128, label * 71 % 128, label * 113 % 128])
    top, left = height * (label // 4 % 4) // 4, width * (label % 4) // 4
    image[top : top + height // 4, left : left + width // 4] += 80
    return image.astype(np.uint8)


def grey_picture(label, number, size=(32, 32), seed=0):
    """An image (height, width) uint8 of a class."""
    return picture(label, number, size, seed)[:, :, 0] // 2 + picture(label, number, size, seed)[:, :, 1] // 2


def _labels(classes, per_class):
    return np.arange(classes * per_class) % classes


def write_mnist(root, name="MNIST", per_class=2, zipped=True):
    """Both splits of MNIST or FashionMNIST, ten classes."""
    folder = root / name / "raw"
    folder.mkdir(parents=True, exist_ok=True)
    for seed, split in enumerate(("train", "t10k")):
        labels = _labels(10, per_class)
        images = np.stack([grey_picture(label, i, (28, 28), seed) for i, label in enumerate(labels)])
        for kind, array in (("images-idx3", images), ("labels-idx1", labels)):
            raw = idx_bytes(array)
            if zipped:
                (folder / f"{split}-{kind}-ubyte.gz").write_bytes(gzip.compress(raw, mtime=0))
            else:
                (folder / f"{split}-{kind}-ubyte").write_bytes(raw)


def write_emnist(root, split, classes, zipped=True):
    """A split of EMNIST: each class twice to train, once to test."""
    folder = root / "EMNIST" / "raw"
    folder.mkdir(parents=True, exist_ok=True)
    for seed, (half, per_class) in enumerate((("train", 2), ("test", 1))):
        labels = _labels(classes, per_class)
        images = np.stack([grey_picture(label, i, (28, 28), seed) for i, label in enumerate(labels)])
        for kind, array in (("images-idx3", images), ("labels-idx1", labels)):
            path = folder / f"emnist-{split}-{half}-{kind}-ubyte"
            if zipped:
                path.with_name(f"{path.name}.gz").write_bytes(gzip.compress(idx_bytes(array), mtime=0))
            else:
                path.write_bytes(idx_bytes(array))


def _cifar(labels, seed):
    """Images as rows of 3072 bytes: red, green, blue."""
    return np.stack([picture(label, i, seed=seed).transpose(2, 0, 1).ravel() for i, label in enumerate(labels)])


def _dump(content, path):
    path.write_bytes(pickle.dumps(content, protocol=2))


def write_cifar10(root, per_class=1, binary=False):
    """Five training batches and a test batch, each with `per_class` images of each class."""
    folder = root / ("cifar-10-batches-bin" if binary else "cifar-10-batches-py")
    folder.mkdir(parents=True, exist_ok=True)
    for seed, name in enumerate([*(f"data_batch_{k}" for k in range(1, 6)), "test_batch"]):
        labels = _labels(10, per_class)
        rows = _cifar(labels, seed)
        if binary:
            records = np.concatenate([labels[:, None].astype(np.uint8), rows], axis=1)
            (folder / f"{name}.bin").write_bytes(records.tobytes())
        else:
            names = [f"{CIFAR10_CLASSES[label]}_{i}.png" for i, label in enumerate(labels)]
            content = {"batch_label": name, "labels": labels.tolist(), "data": rows, "filenames": names}
            _dump(content, folder / name)
    if binary:
        (folder / "batches.meta.txt").write_text("\n".join(CIFAR10_CLASSES) + "\n\n")
    else:
        meta = {"num_cases_per_batch": 10 * per_class, "label_names": CIFAR10_CLASSES, "num_vis": 3072}
        _dump(meta, folder / "batches.meta")


def write_cifar100(root, per_class=1, binary=False):
    """Both splits; fine class k belongs to the coarse class k % 20."""
    folder = root / ("cifar-100-binary" if binary else "cifar-100-python")
    folder.mkdir(parents=True, exist_ok=True)
    fine_names, coarse_names = [f"fine_{k:02}" for k in range(100)], [f"coarse_{k:02}" for k in range(20)]
    for seed, split in enumerate(("train", "test")):
        labels = _labels(100, per_class)
        rows = _cifar(labels, seed)
        if binary:
            records = np.concatenate([labels[:, None] % 20, labels[:, None], rows], axis=1).astype(np.uint8)
            (folder / f"{split}.bin").write_bytes(records.tobytes())
        else:
            coarse = (labels % 20).tolist()
            content = {"fine_labels": labels.tolist(), "coarse_labels": coarse, "data": rows, "batch_label": split}
            _dump(content, folder / split)
    if binary:
        (folder / "fine_label_names.txt").write_text("\n".join(fine_names) + "\n")
        (folder / "coarse_label_names.txt").write_text("\n".join(coarse_names) + "\n")
    else:
        _dump({"fine_label_names": fine_names, "coarse_label_names": coarse_names}, folder / "meta")


def _write_folders(folder, names, per_class, size, ending, draw, seed):
    for label, name in enumerate(names):
        (folder / name).mkdir(parents=True, exist_ok=True)
        for number in range(per_class):
            Image.fromarray(draw(label, number, size, seed)).save(folder / name / f"image_{number:04}{ending}")


def write_cinic10(root, per_class=2):
    """Three splits of PNG files."""
    for seed, split in enumerate(("train", "valid", "test")):
        _write_folders(root / "CINIC-10" / split, CIFAR10_CLASSES, per_class, (32, 32), ".png", picture, seed)


def write_imagenette(root, size="160px", per_class=2, pixels=(40, 48)):
    """Both splits of JPEG files; `pixels` is (height, width)."""
    folder = root / {"full": "imagenette2", "320px": "imagenette2-320", "160px": "imagenette2-160"}[size]
    for seed, split in enumerate(("train", "val")):
        _write_folders(folder / split, WNIDS, per_class, pixels, ".JPEG", picture, seed)


def write_scenes15(root, per_class=2, pixels=(40, 48)):
    """Both splits of grey JPEG files, and the attributes of the outdoor scenes (attribute k: bit k of class + 1)."""
    for seed, split in enumerate(("train", "test")):
        folder = root / "scenes15" / split
        _write_folders(folder, SCENES, per_class, pixels, ".jpg", grey_picture, seed)
        with (root / "scenes15" / f"scene_attributes_{split}.csv").open("w", newline="") as file:
            for scene in OUTDOOR:
                flags = [(SCENES.index(scene) + 1) >> bit & 1 for bit in range(7)]
                csv.writer(file).writerows([scene, f"image_{n:04}.jpg", *flags] for n in range(per_class))


def write_voc(root, year="2012", count=12, pixels=(40, 48)):
    """Splits train, val and trainval. Image k has an object of class k % 20, and every third a difficult "person" too.

    A "person" of image 14 is not difficult; image 2 has its class twice, easy and difficult.
    """
    base = root / ("TrainVal/VOCdevkit" if year == "2011" else "VOCdevkit") / f"VOC{year}"
    for folder in ("JPEGImages", "Annotations", "ImageSets/Main"):
        (base / folder).mkdir(parents=True, exist_ok=True)
    names = [f"{year}_{k:06}" for k in range(count)]
    for k, name in enumerate(names):
        Image.fromarray(picture(k % 20, k, pixels)).save(base / "JPEGImages" / f"{name}.jpg")
        objects = [(VOC_CLASSES[k % 20], 0)]
        objects += [("person", 1)] if k % 3 == 0 else []
        objects += [(VOC_CLASSES[k % 20], 1)] if k == 2 else []
        (base / "Annotations" / f"{name}.xml").write_text(annotation(name, objects, pixels))
    val = names[::3]
    splits = {"train": [name for name in names if name not in val], "val": val, "trainval": names}
    if year == "2007":
        splits["test"] = val
    for split, listed in splits.items():
        (base / "ImageSets" / "Main" / f"{split}.txt").write_text("".join(f"{name}\n" for name in listed))


def write_voc_masks(root, year="2012", count=5, pixels=(40, 48)):
    """Images, and masks of mode P with class k % 20 + 1 in image k, a border of 255 and background."""
    base = root / ("TrainVal/VOCdevkit" if year == "2011" else "VOCdevkit") / f"VOC{year}"
    for folder in ("JPEGImages", "SegmentationClass", "ImageSets/Segmentation"):
        (base / folder).mkdir(parents=True, exist_ok=True)
    names = [f"{year}_{k:06}" for k in range(count)]
    for k, name in enumerate(names):
        Image.fromarray(picture(k % 20, k, pixels)).save(base / "JPEGImages" / f"{name}.jpg")
        mask = np.zeros(pixels, np.uint8)
        mask[1:-1, 2:-3], mask[2:-2, 3:-4] = 255, k % 20 + 1
        image = Image.fromarray(mask, "P")
        image.putpalette([number * 37 % 256 for number in range(768)])
        image.save(base / "SegmentationClass" / f"{name}.png")
    for split, listed in {"train": names[1:], "val": names[:1], "trainval": names, "test": names[:2]}.items():
        (base / "ImageSets" / "Segmentation" / f"{split}.txt").write_text("".join(f"{name}\n" for name in listed))


def write_svhn(root, per_class=2):
    """Three .mat files; the digit 0 is 10 in them."""
    for seed, split in enumerate(("train", "test", "extra")):
        labels = _labels(10, per_class)
        images = np.stack([picture(label, i, seed=seed) for i, label in enumerate(labels)], axis=-1)
        content = {"X": images, "y": np.where(labels == 0, 10, labels)[:, None].astype(np.uint8)}
        savemat(root / f"{split}_32x32.mat", content, do_compression=True)


STL10_CLASSES = ["airplane", "bird", "car", "cat", "deer", "dog", "horse", "monkey", "ship", "truck"]


def write_stl10(root, per_class=1, unlabelled=3):
    """All files; fold k of the training split has every tenth image, from k on."""
    folder = root / "stl10_binary"
    folder.mkdir(parents=True, exist_ok=True)
    for seed, split in enumerate(("train", "test", "unlabeled")):
        labels = _labels(10, per_class) if split != "unlabeled" else np.arange(unlabelled)
        pixels = [picture(label, i, (96, 96), seed).transpose(2, 1, 0) for i, label in enumerate(labels)]
        (folder / f"{split}_X.bin").write_bytes(np.stack(pixels).tobytes())
        if split != "unlabeled":
            (folder / f"{split}_y.bin").write_bytes((labels + 1).astype(np.uint8).tobytes())
    (folder / "class_names.txt").write_text("\n".join(STL10_CLASSES) + "\n")
    folds = [" ".join(map(str, range(k, 10 * per_class, 10))) for k in range(10)]
    (folder / "fold_indices.txt").write_text("\n".join(folds) + "\n")


PETS = [("Abyssinian", 1), ("american_bulldog", 2), ("Birman", 1), ("great_pyrenees", 2)]  # 1: cat, 2: dog


def write_pets(root, per_class=2, pixels=(40, 48)):
    """Both splits; of each image a trimap."""
    base = root / "oxford-iiit-pet"
    for folder in ("images", "annotations/trimaps"):
        (base / folder).mkdir(parents=True, exist_ok=True)
    for seed, split in enumerate(("trainval", "test")):
        lines = []
        for number in range(per_class):
            for label, (breed, species) in enumerate(PETS):
                name = f"{breed}_{seed * 100 + number}"
                Image.fromarray(picture(label, number, pixels, seed)).save(base / "images" / f"{name}.jpg")
                trimap = grey_picture(label, number, pixels, seed) % 3 + 1
                Image.fromarray(trimap).save(base / "annotations" / "trimaps" / f"{name}.png")
                lines.append(f"{name} {label + 1} {species} {number + 1}\n")
        (base / "annotations" / f"{split}.txt").write_text("".join(lines))


def write_flowers(root, count=12, pixels=(40, 48)):
    """Images 1 to `count`, of classes 5, 10, 15 ..., spread over the three splits."""
    base = root / "flowers-102"
    (base / "jpg").mkdir(parents=True, exist_ok=True)
    labels = np.arange(1, count + 1) * 5 % 102 + 1
    for number, label in enumerate(labels, 1):
        Image.fromarray(picture(label, number, pixels)).save(base / "jpg" / f"image_{number:05}.jpg")
    savemat(base / "imagelabels.mat", {"labels": labels[None].astype(np.uint8)})
    numbers = np.arange(1, count + 1, dtype=np.uint16)[None]
    savemat(base / "setid.mat", {"trnid": numbers[:, ::3], "valid": numbers[:, 1::3], "tstid": numbers[:, 2::3]})


CALTECH = {"BACKGROUND_Google": 2, "Faces": 3, "airplanes": 2, "yin_yang": 1}  # images of each category


def write_caltech101(root, pixels=(40, 48)):
    """A few categories, with outlines; the first image of each is grey."""
    base = root / "caltech101"
    for label, (name, count) in enumerate(CALTECH.items()):
        folder = {"Faces": "Faces_2", "airplanes": "Airplanes_Side_2"}.get(name, name)
        for part in (base / "101_ObjectCategories" / name, base / "Annotations" / folder):
            part.mkdir(parents=True, exist_ok=True)
        for number in range(1, count + 1):
            draw = grey_picture if number == 1 else picture
            image = Image.fromarray(draw(label, number, pixels))
            image.save(base / "101_ObjectCategories" / name / f"image_{number:04}.jpg")
            outline = {"obj_contour": np.random.default_rng((label, number)).random((2, 5 + number))}
            savemat(base / "Annotations" / folder / f"annotation_{number:04}.mat", outline)


def annotation(name, objects, pixels=(40, 48)):
    """VOC's XML for an image with objects (class, difficult)."""
    written = "".join(
        f"\t<object>\n\t\t<name>{kind}</name>\n\t\t<difficult>{difficult}</difficult>\n\t\t<bndbox><xmin>1</xmin>"
        "<ymin>2</ymin><xmax>30</xmax><ymax>31</ymax></bndbox>\n"
        "\t\t<part><name>head</name><bndbox><xmin>3</xmin></bndbox></part>\n\t</object>\n"
        for kind, difficult in objects
    )
    return (
        f"<annotation>\n\t<folder>VOC</folder>\n\t<filename>{name}.jpg</filename>\n\t<size><width>{pixels[1]}</width>"
        f"<height>{pixels[0]}</height><depth>3</depth></size>\n\t<segmented>0</segmented>\n{written}</annotation>\n"
    )


def write_ants_and_bees(root, per_class=5, pixels=(40, 48)):
    """ants_and_bees/{train,val}/{ants,bees}: a folder of images for each class."""
    for seed, split in enumerate(("train", "val")):
        folder = root / "ants_and_bees" / split
        _write_folders(folder, ["ants", "bees"], per_class, pixels, ".jpg", picture, seed)
