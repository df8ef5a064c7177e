"use client";

/** Chooses methods by name: suggestions as one types, a chip for each that is chosen. Without script a list with boxes. */
import { useRouter, useSearchParams } from "next/navigation";
import { useEffect, useId, useState } from "react";
import type { Family } from "../../../generated/graphql";
import { matches } from "../board/view-state";
import { changed } from "../live-link";
import { FamilyDot } from "../marks";
import { inks } from "./marks";

interface Option {
  readonly slug: string;
  readonly name: string;
  readonly family: Family;
}

const most = 20;
const mostOffered = 8;

/** How long a reader pauses in typing before the server is asked. */
const PAUSE_MS = 150;

interface Found {
  readonly totalCount: number;
  readonly nodes: readonly Option[];
}

/** What the server finds, where it has more methods than the page; null while it has not answered. */
function useServer(text: string, isWhole: boolean): Found | null {
  const [found, setFound] = useState<{ text: string; answer: Found } | null>(null);
  useEffect(() => {
    if (isWhole || text.trim() === "") return;
    const unwanted = new AbortController();
    const timer = setTimeout(async () => {
      try {
        const answer = await fetch(`/methods/options.json?q=${encodeURIComponent(text)}`, {
          signal: unwanted.signal,
        });
        if (answer.ok) setFound({ text, answer: (await answer.json()) as Found });
      } catch {
        // Another letter was typed, or nobody answers: what the page has is offered.
      }
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      unwanted.abort();
    };
  }, [text, isWhole]);
  return found?.text === text ? found.answer : null;
}

export function MethodPicker(props: {
  /** The first by name. */
  options: readonly Option[];
  /** How many there are. */
  total: number;
  chosen: readonly Option[];
}) {
  const { options, total } = props;
  const chosen = props.chosen.map(({ slug }) => slug);
  const router = useRouter();
  const search = useSearchParams();
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const list = useId();
  const asked = useServer(text, options.length === total);
  const all =
    text.trim() === ""
      ? []
      : (asked?.nodes ?? options).filter((one) => !chosen.includes(one.slug) && matches(text, one));
  const found = all.slice(0, mostOffered);
  const unseen = asked ? asked.totalCount - asked.nodes.length : 0;
  const more = all.length + unseen - found.length;
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
        {props.chosen.map(({ slug, name }, i) => (
          <li key={slug}>
            <button
              type="button"
              className="chip cursor-pointer"
              onClick={() => show(chosen.filter((one) => one !== slug))}
            >
              <span
                aria-hidden="true"
                className="size-2.5 rounded-full"
                style={{ backgroundColor: inks[i] ?? "var(--line)" }}
              />
              {name} <span aria-hidden="true">×</span>
              <span className="sr-only">: remove</span>
            </button>
          </li>
        ))}
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
        {found.length > 0 && more > 0 && (
          <p role="status" className="mt-1 text-xs text-muted">
            {more} more {more === 1 ? "method matches" : "methods match"}: type more of the name.
          </p>
        )}
      </div>
      <noscript>
        <form method="get" className="mt-3 text-sm">
          <div className="flex flex-wrap gap-x-4 gap-y-1">
            {options.map(({ slug, name }) => (
              <label key={slug} className="flex items-center gap-1.5">
                <input type="checkbox" name="methods" value={slug} defaultChecked={chosen.includes(slug)} />
                {name}
              </label>
            ))}
          </div>
          {total > options.length && (
            <p className="mt-2 text-muted">
              The first {options.length} of {total} methods by name; the others can be selected on the{" "}
              <a className="link" href="/methods">
                list of methods
              </a>
              .
            </p>
          )}
          <button type="submit" className="button mt-2">
            Compare
          </button>
        </form>
      </noscript>
    </div>
  );
}
