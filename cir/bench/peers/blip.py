"""BLIP's two encoders and the Combiner in PyTorch, with the original's names of weights."""

import torch
from torch import nn
from torch.nn import functional as F


class Attention(nn.Module):
    """Scaled dot products by PyTorch's own kernel, the fastest that it has."""

    def __init__(self, heads: int, dropout: float = 0.0):
        super().__init__()
        self.heads, self.dropout = heads, dropout

    def forward(self, query, key, value, bias=None):
        batch, tokens, width = query.shape
        split = lambda x: x.view(batch, tokens, self.heads, width // self.heads).transpose(1, 2)
        rate = self.dropout if self.training else 0.0
        context = F.scaled_dot_product_attention(split(query), split(key), split(value), attn_mask=bias, dropout_p=rate)
        return context.transpose(1, 2).reshape(batch, tokens, width)


class Block(nn.Module):
    def __init__(self, width: int, heads: int, hidden: int):
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(width, eps=1e-6), nn.LayerNorm(width, eps=1e-6)
        self.attn = nn.ModuleDict({"qkv": nn.Linear(width, 3 * width), "proj": nn.Linear(width, width)})
        self.mlp = nn.ModuleDict({"fc1": nn.Linear(width, hidden), "fc2": nn.Linear(hidden, width)})
        self.attend = Attention(heads)

    def forward(self, x):
        qkv = self.attn["qkv"](self.norm1(x)).chunk(3, dim=-1)
        x = x + self.attn["proj"](self.attend(*qkv))
        return x + self.mlp["fc2"](F.gelu(self.mlp["fc1"](self.norm2(x))))


class ImageEncoder(nn.Module):
    def __init__(self, c: dict, embed_dim: int):
        super().__init__()
        width, tokens = c["width"], (c["image_size"] // c["patch_size"]) ** 2 + 1
        self.visual_encoder = nn.Module()
        self.visual_encoder.cls_token = nn.Parameter(torch.zeros(1, 1, width))
        self.visual_encoder.pos_embed = nn.Parameter(torch.zeros(1, tokens, width))
        self.visual_encoder.patch_embed = nn.ModuleDict({"proj": nn.Conv2d(3, width, c["patch_size"], c["patch_size"])})
        self.visual_encoder.blocks = nn.ModuleList(Block(width, c["heads"], c["hidden"]) for _ in range(c["depth"]))
        self.visual_encoder.norm = nn.LayerNorm(width, eps=1e-6)
        self.vision_proj = nn.Linear(width, embed_dim)

    def forward(self, pixels):
        v = self.visual_encoder
        x = v.patch_embed["proj"](pixels).flatten(2).transpose(1, 2)
        x = torch.cat([v.cls_token.expand(len(x), -1, -1), x], dim=1) + v.pos_embed
        for block in v.blocks:
            x = block(x)
        return self.vision_proj(v.norm(x)[:, 0])


class Layer(nn.Module):
    def __init__(self, c: dict):
        super().__init__()
        width, hidden = c["width"], c["hidden"]
        norm = lambda: nn.LayerNorm(width, eps=1e-12)
        self.attention = nn.ModuleDict({
            "self": nn.ModuleDict({name: nn.Linear(width, width) for name in ("query", "key", "value")}),
            "output": nn.ModuleDict({"dense": nn.Linear(width, width), "LayerNorm": norm()}),
        })
        self.intermediate = nn.ModuleDict({"dense": nn.Linear(width, hidden)})
        self.output = nn.ModuleDict({"dense": nn.Linear(hidden, width), "LayerNorm": norm()})
        self.attend, self.drop = Attention(c["heads"], c["dropout"]), nn.Dropout(c["dropout"])

    def forward(self, x, bias):
        maps, out = self.attention["self"], self.attention["output"]
        context = self.attend(maps["query"](x), maps["key"](x), maps["value"](x), bias)
        x = out["LayerNorm"](self.drop(out["dense"](context)) + x)
        hidden = self.output["dense"](F.gelu(self.intermediate["dense"](x)))
        return self.output["LayerNorm"](self.drop(hidden) + x)


class TextEncoder(nn.Module):
    def __init__(self, c: dict, embed_dim: int):
        super().__init__()
        width = c["width"]
        self.text_encoder = nn.Module()
        self.text_encoder.embeddings = nn.ModuleDict({
            "word_embeddings": nn.Embedding(c["vocabulary"], width, padding_idx=0),
            "position_embeddings": nn.Embedding(c["positions"], width),
            "LayerNorm": nn.LayerNorm(width, eps=1e-12),
        })
        self.text_encoder.encoder = nn.ModuleDict({"layer": nn.ModuleList(Layer(c) for _ in range(c["depth"]))})
        self.text_proj = nn.Linear(width, embed_dim)
        self.drop = nn.Dropout(c["dropout"])

    def forward(self, ids, mask):
        e = self.text_encoder.embeddings
        x = e["word_embeddings"](ids) + e["position_embeddings"].weight[: ids.shape[1]]
        x = self.drop(e["LayerNorm"](x))
        bias = (1.0 - mask.to(x.dtype))[:, None, None, :] * -10000.0
        for layer in self.text_encoder.encoder["layer"]:
            x = layer(x, bias)
        return self.text_proj(x[:, 0])


class Combiner(nn.Module):
    def __init__(self, c: dict, embed_dim: int):
        super().__init__()
        wide, hidden, rate = c["projection"], c["hidden"], c["dropout"]
        self.text_projection_layer = nn.Linear(embed_dim, wide)
        self.image_projection_layer = nn.Linear(embed_dim, wide)
        self.combiner_layer = nn.Linear(2 * wide, hidden)
        self.output_layer = nn.Linear(hidden, embed_dim)
        self.dynamic_scalar = nn.Sequential(
            nn.Linear(2 * wide, hidden), nn.ReLU(), nn.Dropout(rate), nn.Linear(hidden, 1), nn.Sigmoid())
        self.drop = nn.Dropout(rate)

    def forward(self, image, text):
        projected = [self.drop(F.relu(layer(x))) for layer, x in
                     ((self.text_projection_layer, text), (self.image_projection_layer, image))]
        both = torch.cat(projected, dim=-1)
        hidden = self.drop(F.relu(self.combiner_layer(both)))
        share = self.dynamic_scalar(both)
        return F.normalize(self.output_layer(hidden) + share * text + (1 - share) * image, dim=-1)


def load(model: nn.Module, weights: dict[str, torch.Tensor], device: torch.device) -> nn.Module:
    """Fills model, which may leave weights unused (text mode has no cross-attention) but may lack none."""
    missing, _ = model.load_state_dict(weights, strict=False)
    if missing:
        raise SystemExit(f"the weights lack {missing}")
    return model.to(device)
