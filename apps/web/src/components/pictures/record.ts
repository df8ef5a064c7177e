/** What a run's record says of the pictures that the run made. */

export interface Picture {
  readonly sha256: string;
  /** "original", "reconstruction", "attention" ... */
  readonly role: string;
}

export interface PictureGroup {
  /** What the pictures are of. */
  readonly item: string;
  readonly pictures: readonly Picture[];
  /** Numbers of this item alone, by name. */
  readonly numbers: readonly (readonly [name: string, value: number])[];
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const listOf = (value: unknown): readonly Readonly<Record<string, unknown>>[] =>
  Array.isArray(value) ? value.filter(isObject) : [];

/** By what they are of, in the order in which they were made. */
export function picturesOf(record: unknown): PictureGroup[] {
  if (!isObject(record)) return [];
  const groups = new Map<string, Picture[]>();
  for (const { sha256, mediaType, role, item } of listOf(record.artefacts)) {
    if (mediaType !== "image/png" || typeof sha256 !== "string" || !/^[0-9a-f]{64}$/.test(sha256)) continue;
    const key = typeof item === "string" ? item : "";
    const [known, picture] = [groups.get(key) ?? [], { sha256, role: String(role) }];
    const isKnown = known.some((one) => one.sha256 === sha256 && one.role === picture.role);
    groups.set(key, isKnown ? known : [...known, picture]);
  }
  const each = listOf(record.pictures);
  return [...groups].map(([item, pictures]) => {
    const own = each.find(({ picture }) => picture === item) ?? {};
    const numbers = Object.entries(own).filter(
      (entry): entry is [string, number] => typeof entry[1] === "number",
    );
    return { item, pictures, numbers };
  });
}

/** Pictures that came with a submission, in the form in which a run's record names its own. */
export const recordOfPictures = (pictures: readonly (Picture & { readonly item: string })[]): object => ({
  artefacts: pictures.map((picture) => ({ ...picture, mediaType: "image/png" })),
});

const captions: Readonly<Record<string, string>> = {
  original: "Original",
  reconstruction: "Reconstruction",
  "difference-red": "Red: darker where too low, brighter where too high",
  "difference-green": "Green",
  "difference-blue": "Blue",
  attention: "Attention: brighter where covering changes the features more",
};

export const captionOf = (role: string): string => captions[role] ?? role;

export interface Curve {
  readonly transformation: string;
  readonly values: readonly number[];
  readonly similarities: readonly number[];
}

/** The curves of an invariance run. */
export function curvesOf(record: unknown): Curve[] {
  if (!isObject(record)) return [];
  return listOf(record.curves).flatMap(({ transformation, values, similarities }) =>
    typeof transformation === "string" && Array.isArray(values) && Array.isArray(similarities)
      ? [{ transformation, values: values.map(Number), similarities: similarities.map(Number) }]
      : [],
  );
}
