"""A board into rows, a correlation, a question of one's own, and a submission that is only checked."""

import os
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "python"))
from transferboard import Transferboard, TransferboardError  # noqa: E402

board = Transferboard(
    os.environ.get("TRANSFERBOARD_SERVER", "http://localhost:4000"), token=os.environ.get("TRANSFERBOARD_TOKEN")
)

rows = board.board("many-shot-linear")
print(f"{len(rows)} values of {len({row['method'] for row in rows})} methods")

answer = board.correlation({"measure": "imagenet/imagenet/top1"}, {"suite": "many-shot-linear"})
print(f"r = {answer['coefficient']:.2f} over {answer['n']} methods")

datasets = board.ask("{ datasets { nodes { slug classCount } } }")["datasets"]["nodes"]
print(f"{len(datasets)} datasets")

if board.token:
    results = {
        "method": {"slug": "owl", "name": "Owl", "family": "CONTRASTIVE"},
        "source": "https://example.org/owl",
        "values": [{"measure": "segmentation/ade20k/mean-iou", "value": 0.3121}],
    }
    print(f"checked: {len(board.submit(results, dry_run=True)['warnings'])} warnings")
    try:
        board.submit({**results, "values": [{"measure": "segmentation/ade20k/mean-iou", "value": 3}]}, dry_run=True)
    except TransferboardError as error:
        print(f"refused: {error.faults[0]['place']}")
