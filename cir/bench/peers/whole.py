"""The pieces of work besides training."""

import importlib.metadata
import io

import torch

import blip

PACKAGES = {"jax": "jax", "onnx": "onnxruntime"}


def version(way: str) -> str:
    package = PACKAGES.get(way, "torch")
    return f"{package} {importlib.metadata.version(package)}"


def gemm(s):
    """The machine's rate: a product of the sizes that the image encoder is made of."""
    a, b = s.inputs["a"], s.inputs["b"]
    return lambda: [(a @ b)[0, 0]], lambda: a @ b


def images(s):
    if s.way in PACKAGES:
        return __import__(f"blip_{s.way}").images(s)
    model = blip.load(blip.ImageEncoder(s.sizes["image"], s.sizes["embed_dim"]), s.weights(), s.device).eval()
    encode = torch.compile(model) if s.way == "compile" else model
    pixels = s.inputs["pixels"]
    return checked_encoder(s, lambda: [encode(pixels)])


def texts(s):
    """Captions in the order of the data, each batch padded to its longest."""
    batches = padded(s.inputs["ids"], s.inputs["mask"], s.sizes["text_batch"])
    if s.way in PACKAGES:
        return __import__(f"blip_{s.way}").texts(s, batches)
    model = blip.load(blip.TextEncoder(s.sizes["text"], s.sizes["embed_dim"]), s.weights(), s.device).eval()
    encode = torch.compile(model, dynamic=True) if s.way == "compile" else model
    return checked_encoder(s, lambda: [encode(ids, mask) for ids, mask in batches])


def padded(ids, mask, size):
    batches = []
    for rows, marks in zip(ids.split(size), mask.split(size)):
        longest = int(marks.sum(1).max())
        batches.append((rows[:, :longest].contiguous(), marks[:, :longest].contiguous()))
    return batches


def checked_encoder(s, encode):
    def run():
        with torch.inference_mode(), torch.autocast(s.device.type, enabled=s.device.type == "cuda"):
            return encode()
    return lambda: torch.cat(run())[:4].flatten().cpu(), run


def recalls(s):
    import evaluate
    return evaluate.work(s)


def search(s):
    """The argsort way: all scores of some queries, sorted whole, the first k taken."""
    gallery, queries, k = s.inputs["gallery"], s.inputs["queries"], s.sizes["search_k"]
    if s.name == "search:1":
        queries = queries[:1]

    def run():
        found = []
        for some in queries.split(50):
            order = torch.argsort(some @ gallery.T, dim=-1, descending=True)
            found.append(order[:, :k])
        return torch.cat(found)

    if s.way == "topk":
        def run():
            return torch.cat([torch.topk(some @ gallery.T, k).indices for some in queries.split(50)])
    return lambda: run()[:8].flatten(), run


def pictures(s):
    import pictures as original
    torch.set_num_threads(1)
    files = [bytes(data.numpy()) for data in s.inputs.values()]

    def run():
        for data in files:
            tensor = original.load(data)
        return tensor
    return lambda: run()[:, ::50, ::50].flatten(), run


def read(s):
    """Reads a checkpoint and touches every page of it, so that mapping a file does not count as reading it."""
    from safetensors.torch import load_file
    path = s.folder / s.sizes["read"][s.name.partition(":")[2]]

    def run():
        if path.suffix == ".pt":
            state = torch.load(io.FileIO(path), map_location="cpu", weights_only=True)["BLIPTextEncoder"]
        else:
            state = load_file(path)
        return sum(float(tensor.flatten()[::1024].sum(dtype=torch.float64)) for tensor in state.values())
    return lambda: [run()], run


def write_pt(folder) -> None:
    """Writes the text encoder as the original's training script does."""
    from safetensors.torch import load_file
    torch.save({"epoch": 0, "BLIPTextEncoder": load_file(folder / "text.safetensors")}, folder / "text.pt")
