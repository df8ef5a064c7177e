import type { Family } from "../../generated/graphql";
import { familyNames } from "../lib/format";
import { FamilyDot } from "./marks";

const families = Object.keys(familyNames) as Family[];

/** What the dots' colours mean, of the families that are there. */
export function FamilyKey({ families: present }: { families: readonly Family[] }) {
  return (
    <ul aria-label="Families" className="mb-1 flex flex-wrap gap-x-4 text-sm">
      {families
        .filter((family) => present.includes(family))
        .map((family) => (
          <li key={family} className="flex items-center gap-1.5">
            <FamilyDot family={family} />
            {familyNames[family]}
          </li>
        ))}
    </ul>
  );
}
