import { captionOf, type Picture } from "./record";

/** One picture with what it shows. */
export function PictureView({ picture, of }: { picture: Picture; of: string }) {
  const caption = captionOf(picture.role);
  return (
    <figure className="min-w-0">
      {/* biome-ignore lint/performance/noImgElement: kept losslessly at the size that was measured, which nothing should scale */}
      <img
        src={`/pictures/${picture.sha256}.png`}
        alt={`${caption.split(":")[0]} of ${of}`}
        width={224}
        height={224}
        loading="lazy"
        className="w-full rounded border border-line"
      />
      <figcaption className="mt-1 text-xs text-muted">{caption}</figcaption>
    </figure>
  );
}
