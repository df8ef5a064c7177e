/**
 * The filters of a board that are not one click away: a form in a menu, so that the choice is in the address. It applies
 * as it is changed, and without script by a button.
 */
import type { Augmentation } from "../../../generated/graphql";
import { listOf, type Query, withQuery } from "../../lib/address";
import { augmentationNames, words } from "../../lib/board-filter";
import { AutoForm } from "../auto-form";

const ranges = [
  { name: "year", title: "Year of the paper", step: "1" },
  { name: "epochs", title: "Pretraining epochs", step: "any" },
  { name: "batchSize", title: "Batch size", step: "1" },
] as const;

const augmentations = Object.keys(augmentationNames) as Augmentation[];

function RangeFields({ query, range }: { query: Query; range: (typeof ranges)[number] }) {
  return (
    <fieldset>
      <legend className="mb-1 text-muted">{range.title}</legend>
      <div className="flex items-center gap-2">
        {(["Min", "Max"] as const).map((end) => (
          <label key={end} className="flex items-center gap-2">
            <span>{end === "Min" ? "from" : "to"}</span>
            <input
              type="number"
              name={`${range.name}${end}`}
              min="0"
              step={range.step}
              defaultValue={query[`${range.name}${end}`]}
              className="field w-24 tabular-nums"
            />
          </label>
        ))}
      </div>
    </fieldset>
  );
}

function Boxes(props: {
  name: string;
  title: string;
  options: readonly (readonly [value: string, title: string])[];
  chosen: readonly string[];
}) {
  return (
    <fieldset>
      <legend className="mb-1 text-muted">{props.title}</legend>
      <div className="flex flex-wrap gap-x-4 gap-y-1">
        {props.options.map(([value, title]) => (
          <label key={value} className="flex min-h-7 items-center gap-1.5">
            <input
              type="checkbox"
              name={props.name}
              value={value}
              defaultChecked={props.chosen.includes(value)}
            />
            {title}
          </label>
        ))}
      </div>
    </fieldset>
  );
}

const names = [
  ...ranges.flatMap(({ name }) => [`${name}Min`, `${name}Max`]),
  "augmentation",
  "withoutAugmentation",
];

export function FilterForm(props: {
  query: Query;
  /** The domains of the board's datasets, whatever the filter; none where they are not known. */
  domains: readonly string[];
  /** The address has faults: the fields are there to mend them. */
  faulty?: boolean;
}) {
  const { query, domains } = props;
  const withDomains = domains.length > 1;
  const form = (
    // A new key makes the fields anew: they show the address after every change of it.
    <AutoForm
      key={withQuery(query, {})}
      label="Filters"
      names={withDomains ? [...names, "domain"] : names}
      drop={["after"]}
      className="space-y-3"
    >
      <div className="flex flex-wrap gap-x-8 gap-y-3">
        {ranges.map((range) => (
          <RangeFields key={range.name} query={query} range={range} />
        ))}
      </div>
      <Boxes
        name="augmentation"
        title="Pretrained with all of these augmentations"
        options={augmentations.map((one) => [one, augmentationNames[one]])}
        chosen={listOf(augmentations, query.augmentation)}
      />
      <Boxes
        name="withoutAugmentation"
        title="Pretrained with none of these augmentations"
        options={augmentations.map((one) => [one, augmentationNames[one]])}
        chosen={listOf(augmentations, query.withoutAugmentation)}
      />
      {withDomains && (
        <Boxes
          name="domain"
          title="Only these datasets (none ticked: all)"
          options={domains.map((one) => [one, one])}
          chosen={words(query.domain)}
        />
      )}
      <p className="text-xs text-muted">
        A filter leaves out methods for which the filtered property is not stated.
      </p>
    </AutoForm>
  );
  if (props.faulty) return <div className="max-w-3xl rounded-md border border-line p-3 text-sm">{form}</div>;
  return (
    <details className="menu">
      <summary className="button">Filters</summary>
      <div className="max-h-[70dvh] w-[min(92vw,44rem)] overflow-y-auto rounded-md border border-line bg-ground p-3 text-sm shadow-lg">
        {form}
      </div>
    </details>
  );
}
