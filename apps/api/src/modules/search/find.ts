/** Finding things of the catalogue by words: every word must be in the name, the slug or what belongs to it. */
import type { Catalogue } from "../catalogue/catalogue.ts";
import { nearest } from "../catalogue/nearest.ts";

export const KINDS = ["METHOD", "SUITE", "MEASURE", "DATASET", "SETTING"] as const;
export type Kind = (typeof KINDS)[number];

export interface Hit {
  readonly kind: Kind;
  readonly slug: string;
  readonly title: string;
  /** The page of the site. */
  readonly path: string;
}

interface Candidate extends Hit {
  /** In small letters: where words are looked for. */
  readonly text: string;
}

const encoded = (slug: string) => slug.split("/").map(encodeURIComponent).join("/");

function candidates(catalogue: Catalogue): Candidate[] {
  const hit = (kind: Kind, slug: string, title: string, path: string, more = ""): Candidate => ({
    kind,
    slug,
    title,
    path,
    text: `${title} ${slug} ${more}`.toLowerCase(),
  });
  return [
    ...catalogue.methods.map(({ slug, name, family, paperTitle }) =>
      hit("METHOD", slug, name, `/methods/${slug}`, `${family} ${paperTitle ?? ""}`),
    ),
    ...catalogue.suites.map(({ slug, title, description }) =>
      hit("SUITE", slug, title, `/suites/${encoded(slug)}`, description),
    ),
    ...catalogue.measures.map(({ slug, title, setting, dataset, metric }) =>
      hit(
        "MEASURE",
        slug,
        title,
        `/suites/${encoded(slug)}`,
        `${setting.title} ${dataset.domain} ${metric.title}`,
      ),
    ),
    ...catalogue.datasets.map(({ slug, title, domain }) =>
      hit("DATASET", slug, title, `/datasets/${encoded(slug)}`, domain),
    ),
    ...catalogue.settings.map(({ slug, title }) =>
      hit("SETTING", slug, title, `/protocols?setting=${encodeURIComponent(slug)}`),
    ),
  ];
}

/** A whole name first, then its beginning, then anything else; of equals the shorter, as the catalogue has them. */
function score({ title, slug }: Candidate, wanted: string): number {
  const names = [title.toLowerCase(), slug];
  if (names.includes(wanted)) return 0;
  if (names.some((name) => name.startsWith(wanted))) return 1;
  return 2;
}

/** Where no candidate has every word, those whose name comes near. */
export function find(catalogue: Catalogue, text: string, kinds: readonly Kind[] | null | undefined): Hit[] {
  const wanted = text.trim().toLowerCase().slice(0, 200);
  const words = wanted.split(/\s+/).filter(Boolean);
  if (words.length === 0) return [];
  const all = candidates(catalogue).filter(({ kind }) => !kinds || kinds.includes(kind));
  const found = all.filter(({ text: within }) => words.every((word) => within.includes(word)));
  if (found.length > 0) {
    const keyed = found.map((one) => ({ one, key: score(one, wanted) }));
    keyed.sort((a, b) => a.key - b.key || a.one.title.length - b.one.title.length);
    return keyed.map(({ one }) => one);
  }
  const near = nearest(wanted, new Set(all.map(({ slug }) => slug)));
  return near.flatMap((slug) => all.find((one) => one.slug === slug) ?? []);
}
