"""BLIP's two encoders in ONNX Runtime, exported from the PyTorch ones."""

import os
import tempfile
import warnings

import numpy as np
import onnxruntime
import torch

import blip


def session(s, model, arguments, axes):
    """Exports and loads a model; files above 2 GB and old graphs are no matter here."""
    with tempfile.TemporaryDirectory(dir=s.folder) as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        path = os.path.join(folder, "model.onnx")
        names = list(axes)
        torch.onnx.export(model, arguments, path, input_names=names, output_names=["out"],
                          dynamic_axes={name: axis for name, axis in axes.items() if axis}, opset_version=17, dynamo=False)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = len(os.sched_getaffinity(0))
        providers = ["CUDAExecutionProvider"] if s.device.type == "cuda" else ["CPUExecutionProvider"]
        return onnxruntime.InferenceSession(path, options, providers=providers)


def images(s):
    model = blip.load(blip.ImageEncoder(s.sizes["image"], s.sizes["embed_dim"]), s.weights(), torch.device("cpu")).eval()
    pixels = s.inputs["pixels"].cpu()
    onnx = session(s, model, (pixels,), {"pixels": None})
    feed = {"pixels": pixels.numpy()}
    run = lambda: onnx.run(None, feed)[0]
    return lambda: run()[:4].flatten(), run


def texts(s, batches):
    model = blip.load(blip.TextEncoder(s.sizes["text"], s.sizes["embed_dim"]), s.weights(), torch.device("cpu")).eval()
    rows = {0: "rows", 1: "tokens"}
    onnx = session(s, model, batches[0], {"ids": rows, "mask": rows})
    feeds = [{"ids": ids.numpy(), "mask": mask.numpy()} for ids, mask in batches]
    run = lambda: [onnx.run(None, feed)[0] for feed in feeds]
    return lambda: np.concatenate(run())[:4].flatten(), run
