import { InvariancePlots } from "./invariance-plots";
import { PictureView } from "./picture";
import { curvesOf, type PictureGroup, picturesOf } from "./record";

const number = (value: number) => (Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3));

/** What is known of each picture, in words and in the order to be read in; jsonb keeps none. */
const NAMES: Readonly<Record<string, string>> = {
  diffusion: "diffusion in %",
  mean: "distance moved: mean",
  least: "least",
  most: "most",
  "lpips-vgg": "LPIPS by VGG16",
  "lpips-alexnet": "by AlexNet",
  "lpips-squeezenet": "by SqueezeNet",
  meanColourError: "mean colour error",
  initialLoss: "loss: initial",
  finalLoss: "final",
  relativeLoss: "relative to the target’s mean square",
  seconds: "seconds",
};
const ORDER = Object.keys(NAMES);
const place = (name: string) => (ORDER.includes(name) ? ORDER.indexOf(name) : ORDER.length);

const numbersInWords = (numbers: PictureGroup["numbers"]) =>
  numbers
    .toSorted(([a], [b]) => place(a) - place(b))
    .map(([name, value]) => `${NAMES[name] ?? name} ${number(value)}`)
    .join(" · ");

/** Rows of two pictures stand beside each other where there is room. */
const isNarrow = ({ pictures }: PictureGroup) => pictures.length <= 2;

/** What a run made to be looked at: every picture with what was made of it. */
export function RunPictures({ record }: { record: unknown }) {
  const groups = picturesOf(record);
  const curves = curvesOf(record);
  if (groups.length === 0 && curves.length === 0) return null;
  return (
    <section className="mt-8" aria-labelledby="pictures">
      <h2 id="pictures" className="text-xl font-semibold">
        {groups.length > 0 ? "Pictures" : "By transformation"}
      </h2>
      {curves.length > 0 && <InvariancePlots curves={curves} />}
      <div
        className={
          groups.every(isNarrow)
            ? "grid gap-x-8 gap-y-5 md:grid-cols-2 xl:grid-cols-3"
            : "grid max-w-6xl gap-y-5"
        }
      >
        {groups.map((group) => (
          <div key={group.item} className="mt-3 min-w-0">
            <h3 className="break-all font-semibold">{group.item || "Pictures"}</h3>
            <p className="text-sm text-muted tabular-nums">{numbersInWords(group.numbers)}</p>
            <div
              className={`mt-2 grid grid-cols-2 gap-3 ${isNarrow(group) ? "" : "sm:grid-cols-3 lg:grid-cols-5"}`}
            >
              {group.pictures.map((picture) => (
                <PictureView key={`${picture.role} ${picture.sha256}`} picture={picture} of={group.item} />
              ))}
            </div>
          </div>
        ))}
      </div>
    </section>
  );
}
