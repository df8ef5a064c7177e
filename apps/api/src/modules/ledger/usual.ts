/** Which values are under the protocol that most values of their measure have. */
import type { Protocols } from "./columns.ts";

/** A measure of which no protocol is known has no usual one: everything in it is. */
export function usualProtocols({
  columns,
  names,
}: Protocols): (measureId: number, methodId: number) => boolean {
  const usual = new Map<number, number>();
  for (const [id, column] of columns) {
    const counts = new Uint32Array(names.length + 1);
    for (const number of column) if (!Number.isNaN(number)) counts[number]! += 1;
    let most = 0;
    for (let i = 1; i <= names.length; i++) {
      if (counts[i] === 0) continue;
      const first = most > 0 && names[i - 1]!.localeCompare(names[most - 1]!) < 0;
      if (most === 0 || counts[i]! > counts[most]! || (counts[i] === counts[most] && first)) most = i;
    }
    usual.set(id, most);
  }
  return (measureId, methodId) => {
    const most = usual.get(measureId) ?? 0;
    return most === 0 || columns.get(measureId)?.[methodId] === most;
  };
}
