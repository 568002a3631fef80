"""Pictures prepared as the original prepares them, by Pillow and torchvision."""

import io

import torch
from PIL import Image
from torchvision.transforms import CenterCrop, Compose, InterpolationMode, Normalize, Resize, ToTensor
from torchvision.transforms import functional as F

SIDE, RATIO = 384, 1.25


def target_pad(image: Image.Image) -> Image.Image:
    """Pads with zeros until the sides' ratio is no more than RATIO."""
    width, height = image.size
    if max(width, height) / min(width, height) < RATIO:
        return image
    least = max(width, height) / RATIO
    across, down = (max(int((least - side) / 2), 0) for side in (width, height))
    return F.pad(image, [across, down, across, down], 0, "constant")


prepare = Compose([
    target_pad, Resize(SIDE, interpolation=InterpolationMode.BICUBIC), CenterCrop(SIDE), lambda image: image.convert("RGB"),
    ToTensor(), Normalize((0.48145466, 0.4578275, 0.40821073), (0.26862954, 0.26130258, 0.27577711)),
])


def load(data: bytes) -> torch.Tensor:
    """[3, 384, 384], normalised."""
    return prepare(Image.open(io.BytesIO(data)))
