/** Artefacts by the hash of their content, in a folder or an S3-compatible store. */
export { ArtefactError, type ContentStore, contentStore, type Kept, type Part } from "./content.ts";
export { folderObjects, type ObjectStore, type StoredObject } from "./objects.ts";
export { openContent, type Place, placeFault, placeIn } from "./open.ts";
export { type S3Options, s3Objects } from "./s3.ts";
