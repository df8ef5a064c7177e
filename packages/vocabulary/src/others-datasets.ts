/** Datasets of other tools' results: named so that their values have a place; nothing here reads them. */
import type { DatasetFact } from "./dataset-fact.ts";

const unsplit = [null, null, null] as const;
const fact = (
  slug: string,
  title: string,
  domain: string,
  classes: number | null = null,
  sizes: DatasetFact["sizes"] = unsplit,
): DatasetFact => ({ slug, title, domain, classes, sizes });

const variants: readonly DatasetFact[] = [
  fact("imagenetv2", "ImageNetV2, matched frequency", "objects", 1000, [null, null, 10_000]),
  fact("imagenet-a-clean", "ImageNet, classes of ImageNet-A", "objects", 200, [null, null, 10_000]),
  fact("imagenet-r-clean", "ImageNet, classes of ImageNet-R", "objects", 200, [null, null, 10_000]),
  fact("imagenet-o", "ImageNet-O", "objects", 200, [null, null, 2000]),
  fact("imagenet-w", "ImageNet-W", "watermarked objects", 1000),
  fact("objectnet", "ObjectNet", "objects", 113),
  fact("imagenet-10", "ImageNet-10", "objects", 10),
  fact("imagenet-dog-15", "ImageNet-Dog-15", "dogs", 15),
  fact("tiny-imagenet", "Tiny ImageNet", "objects", 200),
];

const recognition: readonly DatasetFact[] = [
  fact("stl10", "STL10", "objects", 10, [5000, null, 8000]),
  fact("birdsnap", "Birdsnap", "birds", 500),
  fact("country211", "Country211", "places", 211),
  fact("fer2013", "FER2013", "faces", 7),
  fact("gtsrb", "GTSRB", "traffic signs", 43),
  fact("mnist", "MNIST", "handwritten digits", 10, [60_000, null, 10_000]),
  fact("pcam", "PatchCamelyon", "tissue", 2),
  fact("resisc45", "RESISC45", "satellite images", 45),
  fact("ucf101", "UCF101", "actions", 101),
  fact("svhn", "SVHN", "house numbers", 10),
  fact("dmlab", "DMLab", "rendered scenes", 6),
  fact("clevr-count", "CLEVR, count", "rendered scenes", 8),
  fact("clevr-distance", "CLEVR, closest distance", "rendered scenes", 6),
  fact("diabetic-retinopathy", "Diabetic retinopathy", "retinas", 5),
  fact("dsprites-label-orientation", "dSprites, orientation", "drawn shapes", 40),
  fact("dsprites-label-x-position", "dSprites, x", "drawn shapes", 32),
  fact("dsprites-label-y-position", "dSprites, y", "drawn shapes", 32),
  fact("smallnorb-label-azimuth", "SmallNORB, azimuth", "toys", 18),
  fact("smallnorb-label-elevation", "SmallNORB, elevation", "toys", 9),
  fact("kitti-closest-vehicle-distance", "KITTI, closest vehicle", "streets", 4),
  fact("rendered-sst2", "Rendered SST2", "rendered text", 2),
  fact("voc2007-cropped", "VOC2007, objects cut out", "objects", 20),
  fact("scimmir", "SciMMIR", "figures"),
];

const retrieval: readonly DatasetFact[] = [
  fact("mscoco-captions", "COCO captions", "captioned scenes"),
  fact("flickr30k", "Flickr30k", "captioned scenes"),
  fact("flickr8k", "Flickr8k", "captioned scenes"),
  fact("cub200", "CUB-200", "birds", 200),
  fact("forb", "FORB", "flat objects"),
  fact("met", "The Met", "artworks"),
  fact("rp2k", "RP2k", "products"),
  fact("sketchy", "Sketchy", "sketches"),
  fact("sop", "Stanford Online Products", "products"),
  ...["easy", "medium", "hard"].flatMap((level) => [
    fact(`roxford-${level}`, `ROxford, ${level}`, "landmarks"),
    fact(`rparis-${level}`, `RParis, ${level}`, "landmarks"),
  ]),
  fact("gldv2", "Google Landmarks v2", "landmarks"),
  fact("nights", "NIGHTS", "generated images"),
];

/** GEO-Bench's first set begins with m-; its second holds other data under similar names. */
const satellite: readonly DatasetFact[] = [
  ...[
    ["m-bigearthnet", "m-BigEarthNet"],
    ["m-brick-kiln", "m-Brick-Kiln"],
    ["m-eurosat", "m-EuroSAT"],
    ["m-forestnet", "m-ForestNet"],
    ["m-pv4ger", "m-PV4Ger"],
    ["m-so2sat", "m-So2Sat"],
    ["eurosat-spatial", "EuroSAT, cut by longitude"],
    ["eurosat-torchgeo", "EuroSAT, torchgeo's split"],
    ["benv2", "BigEarthNet v2"],
    ["forestnet", "ForestNet"],
    ["so2sat", "So2Sat"],
    ["treesatai", "TreeSatAI"],
    ["burn-scars", "Burn scars"],
    ["caffe", "CaFFe"],
    ["cloudsen12", "CloudSEN12"],
    ["dynamic-earthnet", "DynamicEarthNet"],
    ["flair2", "FLAIR 2"],
    ["fotw", "Fields of the World"],
    ["kuro-siwo", "Kuro Siwo"],
    ["pastis", "PASTIS"],
    ["spacenet2", "SpaceNet 2"],
    ["spacenet7", "SpaceNet 7"],
  ].map(([slug, title]) => fact(slug!, title!, "satellite images")),
];

export const othersDatasets: readonly DatasetFact[] = [
  ...variants,
  ...recognition,
  ...retrieval,
  ...satellite,
];
