/** A submission in our JSON form: the shape that every other format is turned into, and its published JSON Schema. */
import { z } from "zod";
import { LIMITS } from "../../limits.ts";
import { FAMILIES } from "../catalogue/entities.ts";

const slug = z
  .string()
  .max(100)
  .regex(
    /^[a-z0-9]+([.-][a-z0-9]+)*$/,
    "expected small letters and digits, parted by single dots and hyphens",
  );
const words = (most: number) => z.string().max(most).regex(/\S/, "expected some words");
const DIGEST = /^[0-9a-f]{64}$/;
const POSITION = /^\d{1,18}$/;
const sha256 = z.string().regex(DIGEST, "expected 64 hexadecimal digits");
const count = z.number().int().positive().max(2_147_483_647);
const yesNo = z.boolean().optional();

export const pretrainingSchema = z.strictObject({
  dataset: words(200).optional(),
  source: words(200).optional(),
  epochs: z.number().positive().max(1e9).optional(),
  batchSize: count.optional(),
  targetNet: yesNo,
  momentumEncoder: yesNo,
  memoryBank: yesNo,
  projectionHead: yesNo,
  jigsaw: yesNo,
  grayscale: yesNo,
  colourJitter: yesNo,
  pcaColour: yesNo,
  solarize: yesNo,
  blur: yesNo,
  randomCrop: yesNo,
  multiCrop: yesNo,
  horizontalFlip: yesNo,
  normalize: yesNo,
});

const methodSchema = z.strictObject({
  slug: slug.describe("A known method, or a new one's name in addresses."),
  name: words(200).optional().describe("Required of a new method."),
  family: z.enum(FAMILIES).optional().describe("Required of a new method."),
  year: z.number().int().min(1950).max(2100).optional(),
  paperTitle: words(500).optional(),
  paperUrl: z
    .string()
    .max(2000)
    .regex(/^https?:\/\/\S+$/, "expected an http:// or https:// address")
    .optional(),
  bibtex: words(20_000).optional(),
  pretraining: pretrainingSchema.optional(),
});

const checkpointSchema = z.strictObject({
  name: words(300).optional(),
  sha256: sha256.optional().describe("Of the file of weights."),
  architecture: words(200).optional(),
  featureDimension: count.optional(),
  inputMean: z.array(z.number()).min(1).max(4).optional(),
  inputStd: z.array(z.number().positive()).min(1).max(4).optional(),
});

const valueSchema = z.strictObject({
  measure: z.string().max(310).describe("setting/dataset/metric."),
  value: z.number().describe("Unrounded, in the metric's unit: percent where the metric's unit is %."),
  interval: z.strictObject({ lower: z.number(), upper: z.number() }).optional().describe("95%."),
  sampleSize: count.optional(),
  seeds: z
    .array(z.number().int().min(Number.MIN_SAFE_INTEGER).max(Number.MAX_SAFE_INTEGER))
    .max(10_000)
    .optional(),
  protocol: sha256
    .optional()
    .describe("The fingerprint of the protocol: a recorded one, or one of 'protocols'."),
  predictions: sha256
    .optional()
    .describe(
      "The sha256 that POST /predictions answered: what was predicted for each test image, which gives the value.",
    ),
  source: words(2000).optional().describe("Where this value comes from, if elsewhere than the rest."),
  corrects: z
    .string()
    .regex(POSITION, "expected the number of an entry of the ledger")
    .optional()
    .describe("The number of the self-reported entry that this value corrects."),
});

const protocolSchema = z.strictObject({
  fingerprint: sha256.describe("SHA-256 of the body's canonical JSON (RFC 8785)."),
  title: words(300).optional().describe("Its name for people."),
  body: z
    .record(z.string(), z.unknown())
    .describe("Everything that makes a number under it comparable: preprocessing, splits, grid, solver ..."),
});

const pictureSchema = z.strictObject({
  sha256: sha256.describe("Of the PNG file, which is sent to PUT /pictures/SHA256.png afterwards."),
  role: words(100).describe("What it shows, such as original, reconstruction or attention."),
  item: words(1000).describe("What it is of."),
});

export const submissionSchema = z.strictObject({
  method: methodSchema,
  checkpoint: checkpointSchema.optional(),
  protocols: z
    .array(protocolSchema)
    .max(200, "expected at most 200 protocols")
    .optional()
    .describe("The protocols that values name and that may not be recorded yet."),
  source: words(2000).describe("Where the values come from: a paper, a page, a repository."),
  values: z
    .array(valueSchema)
    .min(1, "expected at least one value")
    .max(5_000, "expected at most 5000 values"),
  pictures: z
    .array(pictureSchema)
    .max(LIMITS.pictures, `expected at most ${LIMITS.pictures} pictures`)
    .optional()
    .describe("What the evaluation made to be looked at."),
});

export type SubmissionBody = z.infer<typeof submissionSchema>;

export const isDigest = (text: string): boolean => DIGEST.test(text);
export const isPosition = (text: string): boolean => POSITION.test(text);

/** What a person or a program can check a file against before sending it. */
export const submissionJsonSchema = () => ({
  title: "transferboard submission",
  ...z.toJSONSchema(submissionSchema, { io: "input" }),
});
