"""Writes the files of this folder: training checkpoints with what trainers keep beside their weights, and weights in other
forms than tensors in a dictionary. Written with PyTorch 1.13.1, NumPy 1.24.2. Beside each, expected.json has its tensors.

The classes that stand beside the weights are made up under the names that real libraries use, so that nothing but PyTorch
is needed: the pickle holds only the name.
"""
import argparse, array, collections, datetime, decimal, enum, fractions, functools, ipaddress, json, pathlib, random, re, sys
import types, uuid
import numpy as np
import torch


def module(name):
    parts = name.split(".")
    for i in range(1, len(parts) + 1):
        sys.modules.setdefault(".".join(parts[:i]), types.ModuleType(".".join(parts[:i])))
    return sys.modules[name]


def cls(path, base=object, **members):
    owner, name = path.rsplit(".", 1)
    made = type(name, (base,), dict(members, __module__=owner))
    setattr(module(owner), name, made)
    return made


torch.manual_seed(1)
weights = collections.OrderedDict(
    [("conv1.weight", torch.randn(4, 3, 3, 3)), ("bn1.running_var", torch.rand(4)), ("steps", torch.tensor(7))]
)
arrays = {
    "conv1.weight": np.asfortranarray(weights["conv1.weight"].numpy()),
    "bn1.running_var": weights["bn1.running_var"].numpy().astype(">f4"),
    "half": np.arange(6, dtype="f2").reshape(2, 3),
    "steps": np.array(7),
}

DictConfig = cls("omegaconf.dictconfig.DictConfig")
AnyNode = cls("omegaconf.nodes.AnyNode")
config, node = DictConfig(), AnyNode()
node._val = 0.1
config.__dict__.update(_content={"lr": node}, _parent=None, _metadata=config)

Phase = enum.Enum("Phase", "TRAIN TEST")
Phase.__module__ = "mmengine.runner.utils"
module("mmengine.runner.utils").Phase = Phase
ModelCheckpoint = cls("pytorch_lightning.callbacks.model_checkpoint.ModelCheckpoint")
Registry = cls("detectron2.utils.registry.Registry", dict)
Meter = cls("mylab.meters.Meter", list)
Tags = cls("mylab.meters.Tags", set)
Point = collections.namedtuple("Point", "x y")
Point.__module__ = "mylab.meters"
module("mylab.meters").Point = Point
registry, meter, tags = Registry(a=1), Meter([1, 2]), Tags({"a"})
registry.name = "models"


class Warmup:
    def factor(self, step):
        return step


Warmup.__module__ = "mylab.schedules"
module("mylab.schedules").Warmup = Warmup
warmup = Warmup()
scheduler = {"lr_lambdas": [functools.partial(warmup.factor, 3)], "anneal": warmup.factor, "last_epoch": 3}
optimizer = torch.optim.SGD([torch.nn.Parameter(torch.ones(2))], lr=0.1, momentum=0.9)

bookkeeping = {
    "epoch": 3,
    "args": argparse.Namespace(lr=0.1, out=pathlib.PurePosixPath("/data"), phase=Phase.TRAIN),
    "config": config,
    "callbacks": {ModelCheckpoint: {"best": torch.tensor(0.5)}, "EarlyStopping{'monitor': 'val'}": {"wait": 1}},
    "when": datetime.datetime(2024, 2, 3, tzinfo=datetime.timezone.utc),
    "day": datetime.date(2024, 2, 3),
    "id": uuid.UUID(int=5),
    "cost": decimal.Decimal("1.5"),
    "registry": registry,
    "meter": meter,
    "tags": tags,
    "point": Point(1, 2),
    "scheduler": scheduler,
    "optimizer": optimizer.state_dict(),
    "rng": np.random.RandomState(1).get_state(),
}


Slots = cls("mylab.config.Slots", __slots__=("rate",))
slots = Slots()
slots.rate = 0.1
more = {
    "slots": slots,
    "history": collections.deque([1, 2], maxlen=3),
    "generator": np.random.default_rng(3),
    "random": random.Random(3),
    "keep": re.compile("a+"),
    "host": ipaddress.ip_address("127.0.0.1"),
    "share": fractions.Fraction(1, 3),
    "path": pathlib.PureWindowsPath("C:/data"),
    "counts": array.array("d", [1.0]),
    "lists": collections.defaultdict(list, {"a": [1]}),
    "shape": torch.Size([1, 2]),
    "device": torch.device("cpu"),
    "best": np.float32(1.5),
    "steps": 2**80,
    "plain": [complex(1, 2), slice(1, 2), frozenset([1]), bytearray(b"x"), Ellipsis, range(3), int],
}


class Packed:
    def __init__(self, tensor):
        self.tensor = tensor

    def __reduce__(self):
        return make_packed, (self.tensor,)


def make_packed(tensor):
    return Packed(tensor)


Packed.__module__ = make_packed.__module__ = "mylab.quantised"
make_packed.__qualname__ = make_packed.__name__ = "make_packed"
module("mylab.quantised").make_packed = make_packed
module("mylab.quantised").Packed = Packed
Holder = cls("mylab.models.Holder")
holder = Holder()
holder.weights = weights

net = torch.nn.Sequential(torch.nn.Linear(2, 2))
files = {
    # Bookkeeping of every kind, at each protocol.
    "bookkeeping-2.pth": ({"state_dict": weights, **bookkeeping}, dict(pickle_protocol=2)),
    "bookkeeping-4.pth": ({"state_dict": weights, **bookkeeping}, dict(pickle_protocol=4)),
    "bookkeeping-5-legacy.pth": (
        {"state_dict": weights, **bookkeeping},
        dict(pickle_protocol=5, _use_new_zipfile_serialization=False),
    ),
    "bookkeeping-more-2.pth": ({"state_dict": weights, **more}, dict(pickle_protocol=2)),
    "bookkeeping-more-4.pth": ({"state_dict": weights, **more}, dict(pickle_protocol=4)),
    # Weights in other forms.
    "arrays-2.pth": ({"model": arrays}, dict(pickle_protocol=2)),
    "arrays-4.pth": ({"model": arrays}, dict(pickle_protocol=4)),
    "arrays-5.pth": ({"model": arrays}, dict(pickle_protocol=5)),
    "tuple.pth": ((weights, optimizer.state_dict(), 3), {}),
    "pairs.pth": (list(weights.items()), {}),
    "nested-list.pth": ({"models": [{"net": weights}]}, {}),
    "legacy-3.pth": (weights, dict(pickle_protocol=3, _use_new_zipfile_serialization=False)),
    "legacy-5.pth": (weights, dict(pickle_protocol=5, _use_new_zipfile_serialization=False)),
    # What cannot be read.
    "refused-nameless.pth": (list(weights.values()), {}),
    "refused-model.pth": (net, {}),
    "refused-packed.pth": ({**weights, "fc.weight": Packed(torch.ones(2))}, {}),
    "refused-holder.pth": ({"model": holder}, {}),
}


def numbers(value):
    array = value.numpy() if isinstance(value, torch.Tensor) else value
    return {"shape": list(array.shape), "values": np.asarray(array, dtype="f8").reshape(-1).tolist()}


for name, (content, options) in files.items():
    torch.save(content, name, **options)
json.dump(
    {
        "weights": {key: numbers(value) for key, value in weights.items()},
        "arrays": {key: numbers(value) for key, value in arrays.items()},
    },
    open("expected.json", "w"),
)
