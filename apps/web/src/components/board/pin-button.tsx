"use client";

/** Keeps a row at the top, whatever the order; the pins are in the address. */
import { useSearchParams } from "next/navigation";
import { changed, showHere } from "../live-link";
import { toggled } from "./view-state";

export function PinButton(props: { slug: string; name: string; pinned: boolean; all: readonly string[] }) {
  const search = useSearchParams();
  return (
    <button
      type="button"
      aria-pressed={props.pinned}
      onClick={() => showHere(changed(search, { pin: toggled(props.all, props.slug) }))}
      className={`inline-flex size-6 cursor-pointer items-center justify-center rounded text-muted hover:text-ink focus-visible:opacity-100 ${props.pinned ? "text-ink" : "opacity-0 group-hover:opacity-100 [@media(pointer:coarse)]:opacity-60"}`}
    >
      <svg aria-hidden="true" viewBox="0 0 16 16" className="size-3.5 fill-current">
        <path d="M10.5 1 15 5.5l-1.2.6-2.6 2.6.2 3.2-1 1-3-3L3 14.3 1.7 13l4.4-4.4-3-3 1-1 3.2.2 2.6-2.6z" />
      </svg>
      <span className="sr-only">
        {props.pinned ? "Unpin" : "Pin"} {props.name}
      </span>
    </button>
  );
}
