#!/usr/bin/python3
"""Training speed against PyTorch: one thread, MNIST network (784-128-128-10), batch 128, CPU seconds
an epoch of 60 000 samples. Runs bench_train and the PyTorch loops in turn, several rounds, and prints
the medians and their ratios.

  bench/bench_torch.py build/bin/bench_train [ROUNDS]

Needs the Debian packages python3-torch and libopenblas0-pthread (the reference BLAS is 30 times
slower); without them it prints bench_train's times alone and says why. The loops in PyTorch:
  bp         Adam, cross-entropy, nothing else
  separable  + lambda * S of AxTrain-act by the separable formula (train/sensitivity.h), batched over
             samples and outputs, its gradient by autograd
  naive      the same S as Eq. 5 reads: for every sample and output the gradient with a graph, then
             back-propagation through it. Measured on a few samples and scaled up.
"""
import json
import os
import statistics
import subprocess
import sys
import time

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

BATCH = 128
EPOCH_STEPS = 60000 / BATCH
LAMBDA = 1e-5


def axnn_epochs(program):
    """CPU seconds an epoch of axnn's trainings."""
    out = subprocess.run([program, "--benchmark_format=json", "--benchmark_min_time=0.3"],
                         check=True, capture_output=True, text=True).stdout
    return {"axnn " + b["name"]: b["epoch"] for b in json.loads(out)["benchmarks"]}


def blas():
    """What provides libblas, or None if it is the slow reference."""
    with open("/proc/self/maps", encoding="ascii", errors="replace") as maps:
        return "OpenBLAS" if "openblas" in maps.read() else None


def torch_epochs(torch):
    """CPU seconds an epoch of the PyTorch loops."""
    functional = torch.nn.functional
    torch.set_num_threads(1)
    torch.manual_seed(1)
    steps = 16
    images = (torch.rand(steps * BATCH, 784) * 5 - 4).clamp_(min=0)
    labels = torch.randint(0, 10, (steps * BATCH,))
    net = torch.nn.Sequential(torch.nn.Linear(784, 128), torch.nn.ReLU(), torch.nn.Linear(128, 128),
                              torch.nn.ReLU(), torch.nn.Linear(128, 10))
    w1, w2, w3 = (layer.weight for layer in net if isinstance(layer, torch.nn.Linear))
    optimizer = torch.optim.Adam(net.parameters(), lr=1e-4)

    def bp_loss(x, y):
        return functional.cross_entropy(net(x), y)

    def separable_loss(x, y):
        a1 = torch.relu(net[0](x))
        a2 = torch.relu(net[2](a1))
        logits = net[4](a2)
        # |dlogit_k/d(sum)| |W| |a|, summed over units and outputs; over k before the first layer.
        d2 = w3.unsqueeze(0) * (a2 > 0).unsqueeze(1)      # B x K x 128
        d1 = (d2 @ w2) * (a1 > 0).unsqueeze(1)            # B x K x 128
        s = ((a2 @ w3.abs().t()).sum()
             + (d2.abs().sum(1) * (a1 @ w2.abs().t())).sum()
             + (d1.abs().sum(1) * (x.abs() @ w1.abs().t())).sum())
        return functional.cross_entropy(logits, y) + LAMBDA * s / len(x)

    def naive_sensitivity(x):
        s = 0
        for sample in x:
            logits = net(sample)
            for logit in logits:
                gradients = torch.autograd.grad(logit, (w1, w2, w3), create_graph=True)
                s = s + sum((w.abs() * g.abs()).sum() for w, g in zip((w1, w2, w3), gradients))
        return s

    # The two ways compute the same S.
    x = images[:3]
    ours = (separable_loss(x, labels[:3]) - bp_loss(x, labels[:3])).item() * 3 / LAMBDA
    assert abs(ours / naive_sensitivity(x).item() - 1) < 1e-2, "the formulas for S differ"

    def epoch(loss):
        order = torch.randperm(len(images))
        start = time.process_time()
        for rows in order.split(BATCH):
            optimizer.zero_grad()
            loss(images[rows], labels[rows]).backward()
            optimizer.step()
        return (time.process_time() - start) / steps * EPOCH_STEPS

    def naive_epoch():
        samples = 4
        start = time.process_time()
        optimizer.zero_grad()
        naive_sensitivity(images[:samples]).backward()
        return (time.process_time() - start) / samples * BATCH * EPOCH_STEPS

    epoch(bp_loss)  # warm up
    return {"torch bp": epoch(bp_loss), "torch separable": epoch(separable_loss),
            "torch naive": naive_epoch()}


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit("usage: bench_torch.py BENCH_TRAIN [ROUNDS]")
    program = sys.argv[1]
    rounds = int(sys.argv[2]) if len(sys.argv) == 3 else 5
    reason = None
    torch = None
    try:
        import torch  # pylint: disable=import-outside-toplevel
        torch.ones(64, 64) @ torch.ones(64, 64)
        if blas() is None:
            reason = "libblas is the slow reference (install libopenblas0-pthread)"
    except ImportError:
        reason = "PyTorch is not installed (python3-torch, libopenblas0-pthread)"
    times = {}
    for _ in range(rounds):
        measured = axnn_epochs(program)
        if reason is None:
            measured.update(torch_epochs(torch))
        for name, seconds in measured.items():
            times.setdefault(name, []).append(seconds)
    median = {name: statistics.median(values) for name, values in times.items()}
    print("CPU seconds an epoch, median of %d rounds (smallest, largest)" % rounds)
    for name, values in times.items():
        print("%-16s %9.3f  (%.3f, %.3f)" % (name, median[name], min(values), max(values)))
    ratios = [("act / bp", "axnn act", "axnn bp", "at most 3"),
              ("pas / bp", "axnn pas", "axnn bp", "at most 1.6")]
    if reason is None:
        ratios += [("torch bp / bp", "torch bp", "axnn bp", "at least 1.2"),
                   ("torch separable / act", "torch separable", "axnn act", "at least 1.5"),
                   ("torch naive / act", "torch naive", "axnn act", "at least 100")]
    else:
        print("skipped PyTorch: " + reason)
    for name, numerator, denominator, target in ratios:
        print("%-22s %8.2f  target: %s" % (name, median[numerator] / median[denominator], target))


main()
