/** Finding methods by a part of their name: what boards, lists and pickers mean by a search. */

/** A test whether a method has every word of `search` in its name or slug, in whatever case. */
export function hasWords(
  search: string,
): (method: { readonly name: string; readonly slug: string }) => boolean {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  return ({ name, slug }) => {
    const text = `${name} ${slug}`.toLowerCase();
    return words.every((word) => text.includes(word));
  };
}
