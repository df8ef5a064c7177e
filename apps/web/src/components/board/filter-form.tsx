/**
 * The filters of a board that are not one click away: a plain GET form in a disclosure, so that it works without script
 * and the choice is in the address. What the other controls keep goes along.
 */
import Link from "next/link";
import type { Augmentation } from "../../../generated/graphql";
import { listOf, type Query, withQuery } from "../../lib/address";
import {
  augmentationNames,
  countOfFilter,
  hiddenFilter,
  noFilter,
  type Part,
  words,
} from "../../lib/board-filter";
import { KeptFilter } from "../filter-notice";

const ranges = [
  { name: "year", title: "Year of the paper", step: "1" },
  { name: "epochs", title: "Pretraining epochs", step: "any" },
  { name: "batchSize", title: "Batch size", step: "1" },
] as const;

const augmentations = Object.keys(augmentationNames) as Augmentation[];
const input = "w-24 rounded border border-line bg-ground px-2 py-1 tabular-nums";

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
              className={input}
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
          <label key={value} className="flex items-center gap-1.5">
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

export function FilterForm(props: {
  query: Query;
  /** The domains of the board's datasets, whatever the filter; none where they are not known. */
  domains: readonly string[];
  /** The address has faults: the fields are there to mend them, and nothing is claimed of what is shown. */
  faulty?: boolean;
}) {
  const { query, domains } = props;
  const offered: Part[] = ["year", "epochs", "batchSize", "augmentation", "withoutAugmentation"];
  const withDomains = domains.length > 1;
  const active = countOfFilter(query);
  const kept = ["aggregate", "sort", "asOf"].filter((name) => query[name]);
  return (
    <div className="mb-3 text-sm">
      <details open={props.faulty}>
        <summary className="w-fit cursor-pointer rounded px-1 py-0.5 hover:underline">
          Filters
          {active > 0 && <span className="ml-1.5 rounded bg-raised px-1.5 font-medium">{active} active</span>}
        </summary>
        {/* A new key makes the fields anew: they show the address after every change of it. */}
        <form
          key={withQuery(query, {})}
          method="get"
          aria-label="Filters"
          className="mt-2 max-w-5xl space-y-3 rounded border border-line p-3"
        >
          <div className="flex flex-wrap gap-x-8 gap-y-3">
            {ranges.map((range) => (
              <RangeFields key={range.name} query={query} range={range} />
            ))}
          </div>
          <Boxes
            name="augmentation"
            title="Pretrained with all of these"
            options={augmentations.map((one) => [one, augmentationNames[one]])}
            chosen={listOf(augmentations, query.augmentation)}
          />
          <Boxes
            name="withoutAugmentation"
            title="Pretrained with none of these"
            options={augmentations.map((one) => [one, augmentationNames[one]])}
            chosen={listOf(augmentations, query.withoutAugmentation)}
          />
          {withDomains && (
            <Boxes
              name="domain"
              title="Only datasets of (none ticked: all)"
              options={domains.map((one) => [one, one])}
              chosen={words(query.domain)}
            />
          )}
          <KeptFilter query={query} shown={withDomains ? [...offered, "domain"] : offered} />
          {kept.map((name) => (
            <input key={name} type="hidden" name={name} value={query[name]} />
          ))}
          <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
            <button
              type="submit"
              className="cursor-pointer rounded border border-ink bg-ink px-4 py-1.5 text-ground"
            >
              Apply
            </button>
            <span className="text-xs text-muted">
              A method of which the asked-for detail is not known is left out.
            </span>
          </div>
        </form>
      </details>
      {active > 0 && !props.faulty && (
        <p role="status" className="mt-2 w-fit rounded border border-accent bg-raised px-3 py-2">
          Only {hiddenFilter(query, []).words.join("; ")}.{" "}
          <Link
            className="link whitespace-nowrap"
            href={withQuery(query, { ...noFilter, after: undefined })}
            prefetch={false}
          >
            Clear all filters
          </Link>
        </p>
      )}
    </div>
  );
}
