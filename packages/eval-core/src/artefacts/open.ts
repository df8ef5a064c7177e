/** The store that the environment names: a bucket, a folder, or none. */
import { type ContentStore, contentStore } from "./content.ts";
import { folderObjects } from "./objects.ts";
import { s3Objects } from "./s3.ts";

export interface Place {
  /** Address of a bucket. */
  readonly s3?: string | undefined;
  readonly accessKeyId?: string | undefined;
  readonly secretAccessKey?: string | undefined;
  readonly region?: string | undefined;
  readonly folder?: string | undefined;
}

/** ARTEFACTS_BUCKET with AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_REGION, or ARTEFACTS_DIR. */
export const placeIn = (env: Readonly<Record<string, string | undefined>>): Place => ({
  s3: env.ARTEFACTS_BUCKET || undefined,
  accessKeyId: env.AWS_ACCESS_KEY_ID,
  secretAccessKey: env.AWS_SECRET_ACCESS_KEY,
  region: env.AWS_REGION,
  folder: env.ARTEFACTS_DIR || undefined,
});

/** What is wrong with a place, in a sentence; undefined where nothing is. */
export function placeFault({ s3, accessKeyId, secretAccessKey, folder }: Place): string | undefined {
  if (s3 === undefined) return undefined;
  if (folder !== undefined)
    return "ARTEFACTS_BUCKET and ARTEFACTS_DIR are both set: artefacts are kept in one place";
  if (!URL.canParse(s3) || !/^https?:$/.test(new URL(s3).protocol))
    return "ARTEFACTS_BUCKET: expected the address of a bucket, such as https://s3.example.org/transferboard";
  if (!accessKeyId || !secretAccessKey)
    return "ARTEFACTS_BUCKET needs AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY";
  return undefined;
}

/** Undefined where nothing is named. The place must have no fault. */
export function openContent(place: Place): ContentStore | undefined {
  const { s3, accessKeyId = "", secretAccessKey = "", region = "us-east-1", folder } = place;
  if (s3 !== undefined) {
    return contentStore(s3Objects({ address: s3.replace(/\/$/, ""), accessKeyId, secretAccessKey, region }));
  }
  return folder === undefined ? undefined : contentStore(folderObjects(folder));
}
