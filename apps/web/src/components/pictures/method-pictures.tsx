import Link from "next/link";
import { ask } from "../../lib/api";
import { PictureView } from "./picture";
import { PictureRunsQuery } from "./query";
import { picturesOf } from "./record";

/** What a method's features keep, to be looked at: the first picture of each run, and where the rest is. */
export async function MethodPictures({ method }: { method: string }) {
  const { reconstruction, attention } = await ask(PictureRunsQuery, { method });
  const runs = [...reconstruction.nodes, ...attention.nodes].filter(
    ({ record }) => picturesOf(record).length > 0,
  );
  if (runs.length === 0) return null;
  return (
    <section className="mt-8" aria-labelledby="what-it-keeps">
      <h2 id="what-it-keeps" className="text-xl font-semibold">
        What its features keep
      </h2>
      {runs.map(({ id, record, protocol, dataset }) => {
        const [first] = picturesOf(record);
        return (
          <div key={id} className="mt-4">
            <Link className="link" href={`/runs/${encodeURIComponent(id)}`} prefetch={false}>
              {protocol.title}, {dataset.title}
            </Link>
            <div className="mt-2 grid max-w-3xl grid-cols-2 gap-3 sm:grid-cols-5">
              {first!.pictures.map((picture) => (
                <PictureView key={picture.role} picture={picture} of={first!.item} />
              ))}
            </div>
          </div>
        );
      })}
      <p className="mt-3 text-sm">
        <Link className="link" href={`/compare/pictures?methods=${method}`} prefetch={false}>
          The same pictures through several methods
        </Link>
      </p>
    </section>
  );
}
