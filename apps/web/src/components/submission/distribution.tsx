/** A value among all recorded ones of its measure: a strip of ticks, the value on it. */
import { formatNumber } from "../../lib/format";
import type { Context } from "./review-data";

export function Distribution({ value, context }: { value: number; context: Context }) {
  const all = [...context.values, value];
  const [least, most] = [Math.min(...all), Math.max(...all)];
  const at = (one: number) => `${((one - least) / (most - least || 1)) * 100}%`;
  const below = context.values.filter((one) => one < value).length;
  return (
    <span className="block">
      <span className="text-xs whitespace-nowrap text-muted">
        {formatNumber(Math.min(...context.values), context.digits)} to{" "}
        {formatNumber(Math.max(...context.values), context.digits)}; {below} of {context.values.length} lower
      </span>
      <span aria-hidden="true" className="relative mx-1 block h-5 w-40">
        <span className="absolute inset-x-0 top-1/2 border-t border-line" />
        {context.values.map((one, i) => (
          <span
            key={`${one} ${String(i)}`}
            className="absolute top-1 h-3 w-px bg-muted"
            style={{ left: at(one) }}
          />
        ))}
        <span
          className="absolute top-1/2 size-2.5 -translate-x-1/2 -translate-y-1/2 rounded-full bg-accent"
          style={{ left: at(value) }}
        />
      </span>
    </span>
  );
}
