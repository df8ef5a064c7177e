/** The bars beside a rank: one a group of neighbours of which no two can be told apart. */
const PIXELS_APART = 5;

/** Every letter has a place of its own, so that the bars of neighbouring rows meet. */
const placeOf = (letter: string) => {
  let place = 0;
  for (const one of letter) place = 26 * place + one.charCodeAt(0) - 96;
  return place - 1;
};

export function TieBars({ letters }: { letters: readonly string[] }) {
  if (letters.length === 0) return null;
  return (
    <span className="ml-1 text-xs text-muted" data-ties={letters.join(" ")}>
      <span className="sr-only">, tie {letters.length === 1 ? "group" : "groups"} </span>
      {letters.join(" ")}
      <span aria-hidden="true">
        {letters.map((letter) => (
          <span
            key={letter}
            className="absolute inset-y-0 w-[3px] bg-accent"
            style={{ right: `${-2 - (placeOf(letter) % 4) * PIXELS_APART}px` }}
          />
        ))}
      </span>
    </span>
  );
}
