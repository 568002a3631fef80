"""Draws random pictures and says what Pillow makes of them.

    python pictures.py FOLDER COUNT SEED

FOLDER gets COUNT encoded pictures, cases.json, and beside each picture NAME.bin: the pixels as decoded, in the
picture's own mode, then the RGB bytes of each result, in the order of cases.json.
"""

import json
import sys
from pathlib import Path

import numpy
from PIL import Image, ImageOps

# Every format with the modes it can hold. "P" is made by reducing the colours.
KINDS = [(name, mode) for name, modes in {
    "png": ("1", "L", "LA", "P", "RGB", "RGBA"),
    "jpeg": ("L", "RGB", "CMYK"),
    "webp": ("RGB", "RGBA"),
    "gif": ("L", "P"),
    "bmp": ("1", "L", "P", "RGB"),
}.items() for mode in modes]

SIZES = (17, 32, 96, 224)  # of the results


def main():
    folder, count, seed = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    random = numpy.random.default_rng(seed)
    cases = [case(folder, KINDS[i % len(KINDS)], i, random) for i in range(count)]
    (folder / "cases.json").write_text(json.dumps(cases, indent=1))


def case(folder, kind, number, random):
    """Writes one picture and its results, and describes them."""
    form, mode = kind
    file = f"{number:04}-{mode}.{form}"
    options = encoding(form, mode, random)
    draw(mode, random).save(folder / file, **options)
    picture = Image.open(folder / file)
    picture.load()
    results = [{"transform": transform, "ratio": ratio, "size": int(random.choice(SIZES))}
               for transform, ratio in (("targetpad", round(random.uniform(1, 2), 2)), ("squarepad", 0))]
    with open(folder / (file + ".bin"), "wb") as out:
        out.write(pixels(picture))
        for result in results:
            out.write(apply(picture, **result).tobytes())
    return {"file": file, "mode": picture.mode, "width": picture.width, "height": picture.height,
            "palette": colours(picture), "options": repr(options), "results": results}


def encoding(form, mode, random):
    """Options of the encoder, at random."""
    if form == "jpeg":
        options = {"quality": int(random.integers(20, 101)), "progressive": bool(random.integers(2)),
                   "optimize": bool(random.integers(2)), "restart_marker_blocks": int(random.choice([0, 1, 7]))}
        return options | ({"subsampling": int(random.integers(3))} if mode == "RGB" else {})
    if form == "webp":
        return {"lossless": bool(random.integers(2)), "quality": int(random.integers(20, 99)), "exact": True}
    if form == "png":
        return {"compress_level": int(random.integers(10))}
    return {}


def draw(mode, random):
    """A picture of that mode: waves, rectangles and noise, of a random size and sometimes a thin strip."""
    sides = random.integers(1, 260, 2)
    if random.random() < 0.15:
        sides[random.integers(2)] = random.integers(1, 12)
    height, width = (int(side) for side in sides)
    bands = {"RGBA": 4, "CMYK": 4, "LA": 2}.get(mode, 3)
    canvas = waves(height, width, bands, random)
    for _ in range(random.integers(1, 6)):
        top, left = random.integers(height), random.integers(width)
        canvas[top:top + random.integers(1, 90), left:left + random.integers(1, 90)] = random.uniform(0, 255, bands)
    canvas += random.normal(0, random.choice([0, 2, 30]), canvas.shape)
    canvas = canvas.clip(0, 255).round().astype(numpy.uint8)
    if bands != 3:
        return Image.fromarray(canvas, mode)
    picture = Image.fromarray(canvas)
    return picture.quantize(int(random.integers(2, 257))) if mode == "P" else picture.convert(mode)


def waves(height, width, bands, random):
    """[height, width, bands] of slow waves, 0 to 255."""
    y, x = numpy.mgrid[:height, :width][:, :, :, None]
    frequency, phase = random.uniform(-0.1, 0.1, (2, bands)), random.uniform(0, 7, bands)
    return 127.5 + 127.5 * numpy.sin(frequency[0] * x + frequency[1] * y + phase)


def pixels(picture):
    """The bytes of a picture in its own mode, a byte a pixel where Pillow packs bits."""
    if picture.mode == "1":
        return (numpy.asarray(picture).astype(numpy.uint8) * 255).tobytes()
    return picture.tobytes()


def colours(picture):
    """The palette, [n, 3], or nothing."""
    if picture.mode != "P":
        return []
    return numpy.reshape(picture.getpalette("RGB"), (-1, 3)).tolist()


def apply(picture, transform, ratio, size):
    """Pads, resizes the shorter side to size, crops the centre, and only then converts to RGB."""
    padded = pad(picture, transform, ratio)
    width, height = padded.size
    if width <= height:
        resized = (size, int(size * height / width))
    else:
        resized = (int(size * width / height), size)
    padded = padded.resize(resized, Image.Resampling.BICUBIC)
    left, top = (round((side - size) / 2) for side in resized)
    return padded.crop((left, top, left + size, top + size)).convert("RGB")


def pad(picture, transform, ratio):
    """Adds zeros, in the picture's own mode, equally at both ends."""
    width, height = picture.size
    side = max(width, height)
    if transform == "targetpad":
        if side / min(width, height) < ratio:
            return picture
        side /= ratio
    across, down = (max(int((side - each) / 2), 0) for each in (width, height))
    bands = len(picture.getbands())
    return ImageOps.expand(picture, (across, down, across, down), (0,) * bands if bands > 1 else 0)


if __name__ == "__main__":
    main()
