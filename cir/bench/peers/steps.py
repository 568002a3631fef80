"""Training steps as the original makes them, in float32 on a CPU and with AMP on a GPU: our own few lines of it."""

import torch
from torch.nn import functional as F

import blip

SCALE = 100.0


def cross_entropy(logits):
    return F.cross_entropy(logits, torch.arange(len(logits), device=logits.device))


def stage1_backward(references, targets, texts):
    """Builds the [B, B, E] sums of every target with every text."""
    sums = F.normalize(targets, dim=-1)[None, :, :] + texts[:, None, :]
    composed = F.normalize(sums, dim=-1)
    return cross_entropy(SCALE * (composed * F.normalize(references, dim=-1)[:, None, :]).sum(-1))


def stage1(references, targets, forward_texts, backward_texts, weight):
    composed = F.normalize(references + forward_texts, dim=-1)
    loss = cross_entropy(SCALE * composed @ F.normalize(targets, dim=-1).T)
    return loss + weight * stage1_backward(references, targets, backward_texts)


def stage2(combiner, references, targets, forward_texts, backward_texts, weight):
    """Runs the whole Combiner on all B² pairs."""
    batch, width = references.shape
    loss = cross_entropy(SCALE * combiner(references, forward_texts) @ F.normalize(targets, dim=-1).T)
    images = targets[None, :, :].expand(batch, batch, width).reshape(-1, width)
    texts = backward_texts[:, None, :].expand(batch, batch, width).reshape(-1, width)
    composed = combiner(images, texts).view(batch, batch, width)
    logits = SCALE * (composed * F.normalize(references, dim=-1)[:, None, :]).sum(-1)
    return loss + weight * cross_entropy(logits)


def stepper(s, loss, optimizer):
    """One step; under AMP with a GradScaler on a GPU, as the original."""
    amp = s.device.type == "cuda"
    scaler = torch.amp.GradScaler(enabled=amp)

    def step():
        optimizer.zero_grad()
        with torch.autocast(s.device.type, enabled=amp):
            value = loss()
        scaler.scale(value).backward()
        scaler.step(optimizer)
        scaler.update()

    return step


def checked(model, loss):
    """The loss in evaluation mode, without dropout."""
    def check():
        model.eval()
        with torch.no_grad():
            value = loss()
        model.train()
        return [value]
    return check


def text_step(s):
    """Stage I. "original" encodes the pictures in each step, the other ways are given embeddings."""
    c, inputs, weights = s.sizes, s.inputs, s.weights()
    texts = blip.load(blip.TextEncoder(c["text"], c["embed_dim"]), weights, s.device)
    encode = torch.compile(texts) if s.way == "compile" else texts
    projection = [p for name, p in texts.named_parameters() if "text_proj" in name]
    others = [p for name, p in texts.named_parameters() if "text_proj" not in name]
    optimizer = torch.optim.AdamW([{"params": others}, {"params": projection, "lr": 5e-3}], lr=5e-5, weight_decay=0.05)
    if s.way == "original":
        images = blip.load(blip.ImageEncoder(c["image"], c["embed_dim"]), weights, s.device).eval()
        size = c["image"]["image_size"]
        pixels = torch.randn(len(inputs["references"]), 3, size, size, device=s.device)

    def embeddings():
        if s.way != "original":
            return inputs["references"], inputs["targets"]
        with torch.no_grad():
            return images(pixels), images(pixels)

    def loss_of(references, targets):
        return stage1(references, targets, encode(inputs["forward_ids"], inputs["forward_mask"]),
                      encode(inputs["backward_ids"], inputs["backward_mask"]), c["text_weight"])

    given = lambda: loss_of(inputs["references"], inputs["targets"])
    return checked(texts, given), stepper(s, lambda: loss_of(*embeddings()), optimizer)


def backward_loss(s):
    """Stage I's backward loss alone, value and gradient."""
    function = torch.compile(stage1_backward) if s.way == "compile" else stage1_backward
    leaves = [s.inputs[name].requires_grad_() for name in ("references", "targets", "texts")]

    def run():
        value = function(*leaves)
        return value, torch.autograd.grad(value, leaves)

    def check():
        value, gradients = run()
        return [value.detach()] + [gradient.norm() for gradient in gradients]
    return check, run


def combiner_step(s):
    """Stage II on given embeddings."""
    c = s.sizes
    combiner = blip.load(blip.Combiner(c["combiner"], c["embed_dim"]), s.weights(), s.device)
    optimizer = torch.optim.Adam(combiner.parameters(), lr=2e-5)
    whole = torch.compile(stage2) if s.way == "compile" else stage2
    batch = [s.inputs[name] for name in ("references", "targets", "forward_texts", "backward_texts")]
    check = checked(combiner, lambda: stage2(combiner, *batch, c["combiner_weight"]))
    return check, stepper(s, lambda: whole(combiner, *batch, c["combiner_weight"]), optimizer)
