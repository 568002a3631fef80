"""Preprocesses pictures the original's way, with Pillow and torchvision, and measures it.

    python pictures.py draw FOLDER     draws pictures like photographs, of several kinds, into FOLDER
    python pictures.py time FOLDER     milliseconds of one core per picture, for each file of FOLDER

The Go side of the comparison reads the same folder:

    GOCIR_PICTURES=FOLDER go test -run '^$' -bench BenchmarkLoad ./cir/preprocess
"""

import io
import sys
import time
from pathlib import Path

import numpy
import torch
from PIL import Image
from torchvision.transforms import CenterCrop, Compose, InterpolationMode, Normalize, Resize, ToTensor
from torchvision.transforms import functional

SIZE, RATIO = 384, 1.25
MEAN, STD = (0.48145466, 0.4578275, 0.40821073), (0.26862954, 0.26130258, 0.27577711)


def target_pad(picture):
    """Pads with zeros to the ratio of the sides, where they are further apart."""
    width, height = picture.size
    if max(width, height) / min(width, height) < RATIO:
        return picture
    side = max(width, height) / RATIO
    across, down = (max(int((side - each) / 2), 0) for each in (width, height))
    return functional.pad(picture, [across, down, across, down], 0, "constant")


transform = Compose([
    target_pad,
    Resize(SIZE, interpolation=InterpolationMode.BICUBIC),
    CenterCrop(SIZE),
    lambda picture: picture.convert("RGB"),
    ToTensor(),
    Normalize(MEAN, STD),
])


def load(data: bytes) -> torch.Tensor:
    """From the bytes of a file to what the image encoder is given: float32, [3, SIZE, SIZE]."""
    return transform(Image.open(io.BytesIO(data)))


def photo(width, height, seed):
    """[height, width, 3], uint8: noise whose amplitude falls with frequency as in photographs, with some hard edges."""
    random = numpy.random.default_rng(seed)
    x, y = numpy.meshgrid(numpy.fft.rfftfreq(width), numpy.fft.fftfreq(height))
    fall = 1 / numpy.maximum(numpy.hypot(x, y), 1 / max(width, height)) ** 1.4
    noise = numpy.stack([numpy.fft.irfft2(numpy.fft.rfft2(random.normal(size=(height, width))) * fall, (height, width))
                         for _ in range(3)], -1)
    noise /= noise.std((0, 1))
    levels = 120 + noise @ numpy.array([[40, 40, 40], [12, 0, -12], [-6, 12, -6]])  # light varies more than colour
    for _ in range(12):
        left, top = random.integers(width), random.integers(height)
        levels[top:top + random.integers(20, 200), left:left + random.integers(20, 200)] += random.normal(0, 30, 3)
    return levels.clip(0, 255).round().astype(numpy.uint8)


def draw(folder):
    """Writes a file of each kind."""
    folder.mkdir(parents=True, exist_ok=True)
    large, small = Image.fromarray(photo(800, 600, 0)), Image.fromarray(photo(300, 400, 1))
    for subsampling, name in enumerate(("444", "422", "420")):
        large.save(folder / f"800x600-{name}.jpg", quality=90, subsampling=subsampling)
    large.save(folder / "800x600-progressive.jpg", quality=90, progressive=True)
    large.save(folder / "800x600.png")
    small.save(folder / "300x400-420.jpg", quality=90)


def milliseconds(data, seconds=2.0):
    """Time of the processor for one call, the least of several runs."""
    load(data)
    best, end = float("inf"), time.perf_counter() + seconds
    while time.perf_counter() < end:
        start = time.process_time()
        for _ in range(10):
            load(data)
        best = min(best, (time.process_time() - start) / 10)
    return 1000 * best


if __name__ == "__main__":
    torch.set_num_threads(1)
    command, folder = sys.argv[1], Path(sys.argv[2])
    if command == "draw":
        draw(folder)
    else:
        for file in sorted(folder.iterdir()):
            print(f"{file.name:24} {file.stat().st_size:8} bytes {milliseconds(file.read_bytes()):8.2f} ms")
