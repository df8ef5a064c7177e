/** How compared methods are told apart in plots: by colour, by dashes, and by shape. */
export const inks = [
  "var(--contrastive)",
  "var(--clustering)",
  "var(--supervised)",
  "var(--other)",
  "var(--control)",
  "var(--fault)",
] as const;

export const dashes = [undefined, "6 3", "2 3", "8 3 2 3", "1 4", "10 4"] as const;

export function MethodKey({ names }: { names: readonly string[] }) {
  return (
    <ul aria-label="Methods in the plots" className="flex flex-wrap gap-x-4 gap-y-1 text-sm">
      {names.slice(0, inks.length).map((name, i) => (
        <li key={name} className="flex items-center gap-1.5">
          <svg aria-hidden="true" viewBox="0 0 24 8" className="h-2 w-6">
            <line
              x1="0"
              x2="24"
              y1="4"
              y2="4"
              stroke={inks[i]}
              strokeWidth="2.5"
              strokeDasharray={dashes[i]}
            />
            <circle cx="12" cy="4" r="3.5" fill={inks[i]} />
          </svg>
          {name}
        </li>
      ))}
    </ul>
  );
}
