/** What is correlated and how: every choice applies at once, and is in the address. */
import type { Query } from "../../lib/address";
import { AutoForm } from "../auto-form";
import type { VariableGroup } from "./variables";

export function VariableSelect({
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
    <label className="block min-w-0 grow basis-56 text-sm">
      <span className="mb-1 block text-muted">{label}</span>
      <select name={name} defaultValue={value} className="field block w-full">
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

export function CorrelationForm(props: {
  x: string;
  y: string;
  query: Query;
  groups: readonly VariableGroup[];
}) {
  return (
    <AutoForm
      label="What is correlated"
      names={["x", "y", "transform", "orient", "given", "interval"]}
      drop={["zoom"]}
      className="mb-4 flex flex-wrap items-end gap-3"
    >
      <VariableSelect name="x" label="X axis" value={props.x} groups={props.groups} />
      <VariableSelect name="y" label="Y axis" value={props.y} groups={props.groups} />
      <VariableSelect
        name="given"
        label="Control for"
        value={props.query.given ?? ""}
        groups={[nothing, ...props.groups]}
      />
      <label className="block text-sm">
        <span className="mb-1 block text-muted">Transform</span>
        <select name="transform" defaultValue={props.query.transform ?? "LOGIT"} className="field">
          <option value="LOGIT">Logit (the paper’s)</option>
          <option value="NONE">None</option>
        </select>
      </label>
      <label className="block text-sm">
        <span className="mb-1 block text-muted">Interval</span>
        <select name="interval" defaultValue={props.query.interval ?? "FISHER"} className="field">
          <option value="FISHER">Fisher’s z</option>
          <option value="BOOTSTRAP">Bootstrap (BCa)</option>
        </select>
      </label>
      <label className="flex min-h-9 items-center gap-2 text-sm">
        <input type="checkbox" name="orient" value="1" defaultChecked={props.query.orient === "1"} />
        More is better on both axes
      </label>
    </AutoForm>
  );
}
