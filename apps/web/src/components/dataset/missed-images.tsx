/** Test images that every method has wrong, with small pictures: what a test set holds that nobody can do yet, or a wrong label. */
import type { DatasetPageQuery } from "../../../generated/graphql";

type Missed = NonNullable<DatasetPageQuery["missed"]["missedByAll"]>;

/** Pictures on the page; the API has more. */
const SHOWN = 40;

export function MissedImages({ missed }: { missed: Missed }) {
  const { images, methods, predictions, count, all } = missed;
  const shown = all.slice(0, SHOWN);
  return (
    <section aria-labelledby="missed" className="mt-8">
      <h2 id="missed" className="mb-2 text-lg font-semibold">
        Images that all methods miss
      </h2>
      <p className="mb-3 max-w-3xl text-sm text-muted">
        All {predictions} recorded sets of predictions ({methods} {methods === 1 ? "method" : "methods"}) are
        wrong on {count} of {images.toLocaleString("en")} test images.
        {count > shown.length && ` The first ${shown.length} are shown.`}
      </p>
      <ul className="flex flex-wrap gap-4">
        {shown.map(({ image, item, truth, mistakenFor, times, picture }) => (
          <li key={image} className="w-32 text-xs">
            {picture ? (
              // biome-ignore lint/performance/noImgElement: a picture of some kilobytes, kept by its content.
              <img
                src={picture}
                alt={`${item}: ${truth}`}
                loading="lazy"
                className="h-24 w-full bg-raised object-contain [image-rendering:pixelated]"
              />
            ) : (
              <div className="flex h-24 items-center justify-center border border-line text-muted">
                No picture
              </div>
            )}
            <p className="mt-1 break-words">{item}</p>
            <p className="text-muted">
              Label {truth}, predicted {mistakenFor} {times} of {predictions} times
            </p>
          </li>
        ))}
      </ul>
    </section>
  );
}
