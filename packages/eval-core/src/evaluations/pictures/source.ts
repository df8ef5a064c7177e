/** Where pictures come from, as every evaluation of pictures declares it. */
import type { DataSource } from "../data.ts";
import { path, wholeNumber } from "../options.ts";
import { ProtocolError } from "../protocol-error.ts";
import type { PictureData, PictureOptions } from "./data.ts";

export const pictureOptions = {
  images: path<string | undefined>("--images <dir>", "folder", {
    help: "folder of pictures to use instead of the datasets",
    otherwise: undefined,
    fingerprint: true,
    parse: (folder) => folder,
  }),
  imagesPerDataset: wholeNumber("--images-per-dataset <n>", 1, {
    help: "test images per dataset",
    otherwise: 1,
    fingerprint: true,
    example: "2",
  }),
  limit: wholeNumber("--limit <n>", 0, {
    help: "use only the first n pictures; 0 uses all",
    otherwise: 0,
    otherwiseInWords: "all",
    fingerprint: true,
    example: "5",
  }),
} as const;

/** What would be passed over in silence. @throws ProtocolError */
function requireOne(name: string, data: string | undefined, options: PictureOptions): void {
  const { images, imagesPerDataset } = options;
  if (images === undefined) return;
  if (name !== "folder")
    throw new ProtocolError(`--images is a folder of pictures in place of ${name}: leave one out`);
  if (data !== undefined)
    throw new ProtocolError(
      "--data and --images name two kinds of pictures: give the datasets or the folder",
    );
  if (imagesPerDataset !== pictureOptions.imagesPerDataset.otherwise)
    throw new ProtocolError("--images-per-dataset is for datasets: of a folder --limit takes the first");
}

/**
 * `all`, the datasets under --data; `folder`, the pictures under --images.
 * @param isReduced whether options make a cheaper evaluation than the paper's
 */
export const pictureSource = <O extends PictureOptions>(
  isReduced: (options: O) => boolean,
): DataSource<PictureData, O> => ({
  names: ["all", "folder"],
  kindOf: (name) => ({ slug: name, task: "pictures" }),
  titleOf: (name) => (name === "folder" ? "Folder of pictures" : "All datasets"),
  unnamed: (_, { images }) => (images === undefined ? "all" : "folder"),
  async locate(name, folder, { images }) {
    if (name === "folder") return images;
    const { presentDatasets } = await import("./datasets.ts");
    return folder !== undefined && (await presentDatasets(folder)).length > 0 ? folder : undefined;
  },
  expected: (name) =>
    name === "folder"
      ? { layout: "any folder with pictures in it", source: "--images DIR" }
      : {
          layout: "the paper's recognition datasets, one folder each",
          source:
            "`transferboard dataset check` says which are there; --images DIR takes any folder of pictures",
        },
  async open(name, { folder, allowPartial }, options) {
    requireOne(name, folder, options);
    if (name === "folder") return (await import("./folder.ts")).openFolder(options);
    return (await import("./datasets.ts")).openDatasets(folder, allowPartial, options, isReduced(options));
  },
  facts: ({ name: slug, title }, name) => ({
    slug,
    title,
    domain: name === "folder" ? "any" : "several",
    classCount: null,
    own: name === "folder",
  }),
});
