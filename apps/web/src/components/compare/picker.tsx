"use client";

/** Chooses methods by name: suggestions as one types, a chip for each that is chosen. Without script a list with boxes. */
import { useRouter, useSearchParams } from "next/navigation";
import { useId, useState } from "react";
import type { Family } from "../../../generated/graphql";
import { changed } from "../live-link";
import { FamilyDot } from "../marks";
import { inks } from "./marks";

interface Option {
  readonly slug: string;
  readonly name: string;
  readonly family: Family;
}

const most = 20;

export function MethodPicker({ options, chosen }: { options: readonly Option[]; chosen: readonly string[] }) {
  const router = useRouter();
  const search = useSearchParams();
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const list = useId();
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const found =
    words.length === 0
      ? []
      : options
          .filter(({ slug }) => !chosen.includes(slug))
          .filter(({ slug, name }) => words.every((word) => `${name} ${slug}`.toLowerCase().includes(word)))
          .slice(0, 8);
  const show = (methods: readonly string[]) =>
    router.replace(changed(search, { methods: methods.join(",") || undefined }), { scroll: false });
  const add = (option: Option | undefined) => {
    if (!option || chosen.length >= most) return;
    setText("");
    setAt(0);
    show([...chosen, option.slug]);
  };
  return (
    <div className="mb-4">
      <ul aria-label="Chosen methods" className="mb-2 flex flex-wrap gap-1.5">
        {chosen.map((slug, i) => {
          const option = options.find((one) => one.slug === slug);
          return (
            <li key={slug}>
              <button
                type="button"
                className="chip cursor-pointer"
                onClick={() => show(chosen.filter((one) => one !== slug))}
              >
                {option && (
                  <span
                    aria-hidden="true"
                    className="size-2.5 rounded-full"
                    style={{ backgroundColor: inks[i] ?? "var(--line)" }}
                  />
                )}
                {option?.name ?? slug} <span aria-hidden="true">×</span>
                <span className="sr-only">: remove</span>
              </button>
            </li>
          );
        })}
      </ul>
      <div className="relative max-w-sm">
        <input
          type="search"
          role="combobox"
          aria-label="Add a method"
          aria-expanded={found.length > 0}
          aria-controls={list}
          aria-activedescendant={found[at] ? `${list}-${at}` : undefined}
          autoComplete="off"
          placeholder={chosen.length === 0 ? "Search methods to compare" : "Add a method"}
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            setAt(0);
          }}
          onKeyDown={(event) => {
            if (event.key === "ArrowDown") setAt((place) => Math.min(place + 1, found.length - 1));
            else if (event.key === "ArrowUp") setAt((place) => Math.max(place - 1, 0));
            else if (event.key === "Escape") setText("");
            else if (event.key === "Enter") add(found[at]);
            else return;
            event.preventDefault();
          }}
          className="field w-full"
        />
        <div
          id={list}
          role="listbox"
          aria-label="Methods"
          className={
            found.length > 0
              ? "absolute z-40 mt-1 w-full rounded-md border border-line bg-ground p-1 shadow-lg"
              : "hidden"
          }
        >
          {found.map((option, place) => (
            <div
              key={option.slug}
              id={`${list}-${place}`}
              role="option"
              tabIndex={-1}
              aria-selected={place === at}
              onPointerDown={(event) => {
                event.preventDefault();
                add(option);
              }}
              className="flex min-h-9 cursor-pointer items-center gap-2 rounded px-2 text-sm hover:bg-raised aria-selected:bg-raised"
            >
              <FamilyDot family={option.family} /> {option.name}
            </div>
          ))}
        </div>
      </div>
      <noscript>
        <form method="get" className="mt-3 text-sm">
          <div className="flex flex-wrap gap-x-4 gap-y-1">
            {options.slice(0, 200).map(({ slug, name }) => (
              <label key={slug} className="flex items-center gap-1.5">
                <input type="checkbox" name="methods" value={slug} defaultChecked={chosen.includes(slug)} />
                {name}
              </label>
            ))}
          </div>
          <button type="submit" className="button mt-2">
            Compare
          </button>
        </form>
      </noscript>
    </div>
  );
}
