import { InvariancePlots } from "./invariance-plots";
import { PictureView } from "./picture";
import { curvesOf, picturesOf } from "./record";

const number = (value: number) => (Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3));
/** "relativeLoss" as words. */
const words = (name: string) =>
  name.replace(/([A-Z])/g, (letter) => ` ${letter.toLowerCase()}`).replaceAll("-", " ");

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
      {groups.map(({ item, pictures, numbers }) => (
        <div key={item} className="mt-4">
          <h3 className="break-all font-semibold">{item || "Pictures"}</h3>
          <p className="text-sm text-muted tabular-nums">
            {numbers.map(([name, value]) => `${words(name)} ${number(value)}`).join(" · ")}
          </p>
          <div className="mt-2 grid max-w-6xl grid-cols-2 gap-3 sm:grid-cols-3 lg:grid-cols-5">
            {pictures.map((picture) => (
              <PictureView key={picture.role} picture={picture} of={item} />
            ))}
          </div>
        </div>
      ))}
    </section>
  );
}
