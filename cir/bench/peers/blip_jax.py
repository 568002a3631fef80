"""BLIP's two encoders in JAX, on the weights as they are stored."""

import functools

import jax
import jax.numpy as jnp
import numpy as np

HIGHEST = jax.lax.Precision.HIGHEST


def linear(w, name, x):
    return jnp.matmul(x, w[name + ".weight"].T, precision=HIGHEST) + w[name + ".bias"]


def norm(w, name, x, eps):
    x = x - x.mean(-1, keepdims=True)
    return x / jnp.sqrt((x * x).mean(-1, keepdims=True) + eps) * w[name + ".weight"] + w[name + ".bias"]


def attend(query, key, value, heads, bias=0.0):
    batch, tokens, width = query.shape
    split = lambda x: x.reshape(batch, tokens, heads, width // heads)
    scores = jnp.einsum("bqhd,bkhd->bhqk", split(query), split(key), precision=HIGHEST) / (width // heads) ** 0.5
    context = jnp.einsum("bhqk,bkhd->bqhd", jax.nn.softmax(scores + bias, -1), split(value), precision=HIGHEST)
    return context.reshape(batch, tokens, width)


def gelu(x):
    return jax.nn.gelu(x, approximate=False)


def encode_images(c, w, pixels):
    batch, size, patch = len(pixels), c["image_size"], c["patch_size"]
    grid, width = size // patch, c["width"]
    x = pixels.reshape(batch, 3, grid, patch, grid, patch).transpose(0, 2, 4, 1, 3, 5).reshape(batch, grid * grid, -1)
    kernel = w["visual_encoder.patch_embed.proj.weight"].reshape(width, -1)
    x = jnp.matmul(x, kernel.T, precision=HIGHEST) + w["visual_encoder.patch_embed.proj.bias"]
    x = jnp.concatenate([jnp.broadcast_to(w["visual_encoder.cls_token"], (batch, 1, width)), x], 1) + w["visual_encoder.pos_embed"]
    for i in range(c["depth"]):
        p = f"visual_encoder.blocks.{i}."
        qkv = jnp.split(linear(w, p + "attn.qkv", norm(w, p + "norm1", x, 1e-6)), 3, -1)
        x = x + linear(w, p + "attn.proj", attend(*qkv, c["heads"]))
        x = x + linear(w, p + "mlp.fc2", gelu(linear(w, p + "mlp.fc1", norm(w, p + "norm2", x, 1e-6))))
    return linear(w, "vision_proj", norm(w, "visual_encoder.norm", x, 1e-6)[:, 0])


def encode_texts(c, w, ids, mask):
    e = "text_encoder.embeddings."
    x = w[e + "word_embeddings.weight"][ids] + w[e + "position_embeddings.weight"][: ids.shape[1]]
    x = norm(w, e + "LayerNorm", x, 1e-12)
    bias = ((1.0 - mask) * -10000.0)[:, None, None, :]
    for i in range(c["depth"]):
        p = f"text_encoder.encoder.layer.{i}."
        maps = [linear(w, p + "attention.self." + name, x) for name in ("query", "key", "value")]
        context = attend(*maps, c["heads"], bias)
        x = norm(w, p + "attention.output.LayerNorm", x + linear(w, p + "attention.output.dense", context), 1e-12)
        hidden = linear(w, p + "output.dense", gelu(linear(w, p + "intermediate.dense", x)))
        x = norm(w, p + "output.LayerNorm", x + hidden, 1e-12)
    return linear(w, "text_proj", x[:, 0])


def weights(s):
    return {name: jnp.asarray(value.numpy()) for name, value in s.weights().items()}


def images(s):
    w, pixels = weights(s), jnp.asarray(s.inputs["pixels"].numpy())
    encode = jax.jit(functools.partial(encode_images, s.sizes["image"]))
    run = lambda: encode(w, pixels).block_until_ready()
    return lambda: np.asarray(run())[:4].flatten(), run


def texts(s, batches):
    w = weights(s)
    batches = [(jnp.asarray(ids.numpy()), jnp.asarray(mask.numpy())) for ids, mask in batches]
    encode = jax.jit(functools.partial(encode_texts, s.sizes["text"]))
    run = lambda: [encode(w, ids, mask).block_until_ready() for ids, mask in batches]
    return lambda: np.concatenate([np.asarray(x) for x in run()])[:4].flatten(), run
