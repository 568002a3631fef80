"""Makes the pictures of this folder and what Pillow decodes from them: python make.py, with Pillow 12.2, NumPy and safetensors.

Each file shows one thing that decoders do differently. expected.safetensors holds FILE, the pixels in Pillow's mode,
FILE.palette where that is P, and the mode in its metadata.
"""

import io
import struct
import zlib

import numpy as np
from PIL import Image
from safetensors.numpy import save_file

random = np.random.RandomState(7)
expected, modes = {}, {}


def scene(width, height, channels):
    y, x = np.mgrid[0:height, 0:width]
    waves = [128 + 110 * np.sin(x / (4 + c) + c) * np.cos(y / (3 + 2 * c)) for c in range(channels)]
    return np.clip(np.stack(waves, -1) + random.randn(height, width, channels) * 9, 0, 255).astype(np.uint8)


def encode(pixels, file_format, **options):
    mode = options.pop("mode", None)
    out = io.BytesIO()
    picture = pixels if isinstance(pixels, Image.Image) else Image.fromarray(pixels.squeeze(), mode)
    picture.save(out, file_format, **options)
    return bytearray(out.getvalue())


def keep(name, data):
    with open(name, "wb") as f:
        f.write(data)
    picture = Image.open(io.BytesIO(data))
    picture.load()
    pixels = np.array(picture)
    if picture.mode == "1":
        pixels = pixels.astype(np.uint8) * 255
    if picture.mode == "I;16":
        pixels = pixels.astype("<u2").view(np.uint8)
    expected[name], modes[name] = np.ascontiguousarray(pixels), picture.mode
    if picture.mode == "P":
        expected[name + ".palette"] = np.array(picture.getpalette(), np.uint8).reshape(-1, 3)


def jpeg_files():
    for name, size in {"tiny": (3, 2), "odd": (33, 31), "narrow": (5, 40)}.items():
        for subsampling, label in enumerate(("444", "422", "420")):
            keep(f"{name}-{label}.jpg", encode(scene(*size, 3), "JPEG", quality=90, subsampling=subsampling))
    keep("progressive.jpg", encode(scene(37, 29, 3), "JPEG", quality=80, subsampling=2, progressive=True))
    keep("gray.jpg", encode(scene(21, 30, 1), "JPEG", quality=90))
    keep("rgb.jpg", encode(scene(21, 30, 3), "JPEG", quality=90, keep_rgb=True))
    # Pillow can't write the rest. A frame header with other sampling factors and as many blocks is as good a picture.
    for label, subsampling, factors in (("440", 1, 0x12), ("411", 2, 0x41)):
        data = encode(scene(29, 31, 3), "JPEG", quality=90, subsampling=subsampling)
        data[data.find(b"\xff\xc0") + 11] = factors
        keep(label + ".jpg", data)
    inks = encode(scene(23, 37, 4), "JPEG", mode="CMYK", quality=90)
    marker, frame = inks.find(b"\xff\xee"), inks.find(b"\xff\xc0")
    keep("cmyk.jpg", inks)
    keep("cmyk-unmarked.jpg", inks[:marker] + inks[marker + 16 :])
    half = bytearray(inks)
    half[frame + 11] = half[frame + 20] = 0x22
    keep("cmyk-420.jpg", half)
    inks[marker + 15] = half[marker + 15] = 2
    keep("ycck.jpg", inks)
    keep("ycck-420.jpg", half)


def chunk(name, body):
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png_file(depth, colours, extra=b""):
    width, height, channels = 19, 11, {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[colours]
    rows = b"".join(bytes([i % 5]) + random.bytes((width * channels * depth + 7) // 8) for i in range(height))
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colours, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + extra + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def png_files():
    for colours, depths in {0: (1, 2, 4, 8, 16), 2: (8, 16), 4: (8, 16), 6: (8, 16)}.items():
        for depth in depths:
            keep(f"png-{colours}-{depth}.png", png_file(depth, colours))
            if colours < 4:
                clear = {0: b"\0\1", 2: b"\0\1\0\2\0\3"}[colours]
                keep(f"png-{colours}-{depth}-clear.png", png_file(depth, colours, chunk(b"tRNS", clear)))
    for depth in (1, 2, 4, 8):  # with a palette too short for some indices, but for one bit
        palette = chunk(b"PLTE", random.bytes(9 if depth > 1 else 6))
        keep(f"png-3-{depth}.png", png_file(depth, 3, palette))
        keep(f"png-3-{depth}-clear.png", png_file(depth, 3, palette + chunk(b"tRNS", b"\0\x80")))


def other_files():
    for name, size in {"tiny": (1, 3), "odd": (33, 31), "even": (40, 20)}.items():
        keep(f"{name}.webp", encode(scene(*size, 3), "WEBP", quality=85))
        keep(f"{name}-alpha.webp", encode(scene(*size, 4), "WEBP", quality=85))
    keep("lossless.webp", encode(scene(21, 12, 3), "WEBP", lossless=True))
    keep("lossless-alpha.webp", encode(scene(21, 12, 4), "WEBP", lossless=True))
    pictures = {"rgb": Image.fromarray(scene(31, 20, 3)), "gray": Image.fromarray(scene(31, 20, 1)[..., 0])}
    pictures["palette"], pictures["bilevel"] = pictures["rgb"].quantize(20), pictures["gray"].convert("1")
    pictures["rgba"] = Image.fromarray(scene(31, 20, 4))
    for name, picture in pictures.items():
        keep(name + ".bmp", encode(picture, "BMP"))
    for name in ("palette", "gray", "bilevel"):
        keep(name + ".gif", encode(pictures[name], "GIF", interlace=name == "palette"))
    keep("animated.gif", encode(pictures["palette"], "GIF", save_all=True, append_images=[pictures["rgb"].quantize(9)]))
    small = encode(pictures["palette"], "GIF", interlace=0)
    at = small.find(b",\0\0\0\0")
    for name, left, top, width, height in (("inset", 3, 4, 40, 30), ("beyond", 10, 5, 20, 20)):
        struct.pack_into("<HH", small, 6, width, height)
        struct.pack_into("<HH", small, at + 1, left, top)
        keep(name + ".gif", small)
        keep(name + "-clear.gif", small[:at] + b"!\xf9\4\1\0\0\7\0" + small[at:])


def more_jpeg_files():
    noise = random.randint(0, 256, (24, 40, 3), np.uint8)
    keep("long-codes.jpg", encode(noise, "JPEG", quality=100, subsampling=0))
    keep("optimized.jpg", encode(noise, "JPEG", quality=97, subsampling=2, optimize=True))
    for name, progressive in (("restart", False), ("restart-progressive", True)):
        keep(name + ".jpg", encode(scene(70, 50, 3), "JPEG", quality=85, progressive=progressive, restart_marker_blocks=2))
    tall = encode(scene(31, 30, 3), "JPEG", quality=90, subsampling=2)
    tall[tall.find(b"\xff\xc0") + 11] = 0x14
    keep("tall.jpg", tall)
    # Three grey pictures are the three scans of one whose components are not interleaved.
    grays = [bytes(encode(scene(27, 19, 1), "JPEG", quality=90)) for _ in range(3)]
    frame, scan = grays[0].find(b"\xff\xc0"), grays[0].find(b"\xff\xda")
    components = b"".join(bytes([i + 1, 0x11, 0]) for i in range(3))
    head = grays[0][:frame] + b"\xff\xc0\0\x11" + grays[0][frame + 4 : frame + 9] + b"\3" + components
    scans = b"".join(b"\xff\xda\0\x08\1" + bytes([i + 1]) + gray[scan + 6 : -2] for i, gray in enumerate(grays))
    keep("three-scans.jpg", head + grays[0][frame + 13 : scan] + scans + b"\xff\xd9")


jpeg_files()
png_files()
other_files()
more_jpeg_files()
save_file(expected, "expected.safetensors", modes)
