import Link from "next/link";
import { ask } from "../../lib/api";
import { PictureView } from "./picture";
import { PictureRunsQuery } from "./query";
import { type PictureGroup, picturesOf, recordOfPictures } from "./record";

function Row({ item, pictures }: PictureGroup) {
  return (
    <div className="mt-2 grid max-w-3xl grid-cols-2 gap-3 sm:grid-cols-5">
      {pictures.map((picture) => (
        <PictureView key={`${picture.role} ${picture.sha256}`} picture={picture} of={item} />
      ))}
    </div>
  );
}

/** What a method's features keep, to be looked at: the first picture of each run, and where the rest is. */
export async function MethodPictures({ method }: { method: string }) {
  const { reconstruction, attention, method: found } = await ask(PictureRunsQuery, { method });
  const runs = [...reconstruction.nodes, ...attention.nodes].filter(
    ({ record }) => picturesOf(record).length > 0,
  );
  const submitted = picturesOf(recordOfPictures(found?.submittedPictures ?? []));
  if (runs.length === 0 && submitted.length === 0) return null;
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
            <Row {...first!} />
          </div>
        );
      })}
      {submitted.length > 0 && (
        <details className="mt-4">
          <summary className="cursor-pointer">
            Submitted pictures of {submitted.length} {submitted.length === 1 ? "image" : "images"}
          </summary>
          {submitted.map((group) => (
            <div key={group.item} className="mt-3">
              <h3 className="break-all text-sm font-semibold">{group.item}</h3>
              <Row {...group} />
            </div>
          ))}
        </details>
      )}
      <p className="mt-3 text-sm">
        <Link className="link" href={`/compare/pictures?methods=${method}`} prefetch={false}>
          Compare these pictures with other methods
        </Link>
      </p>
    </section>
  );
}
