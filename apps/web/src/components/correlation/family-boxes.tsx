/** Which families of methods to keep: boxes of a form, none ticked for all. */
import type { Family } from "../../../generated/graphql";
import { listOf, type Query } from "../../lib/address";
import { familyNames } from "../../lib/format";
import { FamilyDot } from "../marks";

export const families = Object.keys(familyNames) as Family[];

export function FamilyBoxes({ query }: { query: Query }) {
  const chosen = listOf(families, query.family);
  return (
    <fieldset className="text-sm">
      <legend className="mb-1 text-muted">Families (none ticked: all but controls)</legend>
      <div className="flex flex-wrap gap-x-4 gap-y-1 py-1">
        {families.map((family) => (
          <label key={family} className="flex min-h-7 items-center gap-1.5">
            <input type="checkbox" name="family" value={family} defaultChecked={chosen.includes(family)} />
            <FamilyDot family={family} />
            {familyNames[family]}
          </label>
        ))}
      </div>
    </fieldset>
  );
}
