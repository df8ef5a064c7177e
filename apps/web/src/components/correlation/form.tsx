/** A plain GET form: it works without script, and the view's state is its address. */
import type { Query } from "../../lib/address";
import { KeptFilter } from "../filter-notice";
import { FamilyBoxes } from "./family-boxes";

export interface VariableGroup {
  readonly label: string;
  readonly options: readonly { value: string; title: string }[];
}

export const field = "block w-full rounded border border-line bg-ground px-2 py-1.5 text-sm";

function VariableSelect({
  name,
  label,
  value,
  groups,
}: {
  name: string;
  label: string;
  value: string;
  groups: readonly VariableGroup[];
}) {
  return (
    <label className="block min-w-0 grow basis-64 text-sm">
      <span className="mb-1 block text-muted">{label}</span>
      <select name={name} defaultValue={value} className={field}>
        {groups.map((group) => (
          <optgroup key={group.label} label={group.label}>
            {group.options.map((option) => (
              <option key={option.value} value={option.value}>
                {option.title}
              </option>
            ))}
          </optgroup>
        ))}
      </select>
    </label>
  );
}

const nothing: VariableGroup = {
  label: "No partial correlation",
  options: [{ value: "", title: "Nothing" }],
};

/** How a method was pretrained, as a number; the API's names. */
export const pretraining = {
  label: "How it was pretrained",
  options: [
    { value: "EPOCHS", title: "Epochs" },
    { value: "BATCH_SIZE", title: "Batch size" },
    { value: "YEAR", title: "Year" },
  ],
} as const;

export function CorrelationForm(props: {
  x: string;
  y: string;
  query: Query;
  groups: readonly VariableGroup[];
}) {
  return (
    <form method="get" className="mb-6 flex flex-wrap items-end gap-4">
      <VariableSelect name="x" label="Across (x)" value={props.x} groups={props.groups} />
      <VariableSelect name="y" label="Up (y)" value={props.y} groups={props.groups} />
      <label className="block text-sm">
        <span className="mb-1 block text-muted">Transform</span>
        <select name="transform" defaultValue={props.query.transform ?? "LOGIT"} className={field}>
          <option value="LOGIT">Logit (the paper’s)</option>
          <option value="NONE">None</option>
        </select>
      </label>
      <label className="flex items-center gap-2 py-1.5 text-sm">
        <input type="checkbox" name="orient" value="1" defaultChecked={props.query.orient === "1"} />
        More is better on both axes
      </label>
      <VariableSelect
        name="given"
        label="With this held fixed"
        value={props.query.given ?? ""}
        groups={[nothing, pretraining, ...props.groups]}
      />
      <label className="block text-sm">
        <span className="mb-1 block text-muted">Interval</span>
        <select name="interval" defaultValue={props.query.interval ?? "FISHER"} className={field}>
          <option value="FISHER">Fisher’s z</option>
          <option value="BOOTSTRAP">Bootstrap</option>
        </select>
      </label>
      <FamilyBoxes query={props.query} />
      <KeptFilter query={props.query} shown={["family"]} />
      {props.query.asOf && <input type="hidden" name="asOf" value={props.query.asOf} />}
      <button
        type="submit"
        className="cursor-pointer rounded border border-ink bg-ink px-4 py-1.5 text-sm text-ground"
      >
        Show
      </button>
    </form>
  );
}
