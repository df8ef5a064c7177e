import type { Metadata } from "next";
import Link from "next/link";
import { graphql } from "../../../generated";
import type { ExplainPageQuery } from "../../../generated/graphql";
import { OptionsQuery } from "../../components/compare/options";
import { ListTable } from "../../components/list-table";
import { readQuery, type SearchParams } from "../../lib/address";
import { ask } from "../../lib/api";
import { allMeasures } from "../../lib/catalogue";
import { formatNumber } from "../../lib/format";

export const metadata: Metadata = { title: "Why does my value differ?" };

const ExplainQuery = graphql(`
  query ExplainPage($method: String!, $measure: String!, $mine: MyValue!) {
    explain(method: $method, measure: $measure, mine: $mine) {
      method {
        slug
        name
      }
      measure {
        title
        metric {
          digits
          unit
        }
      }
      mine
      record
      recordFingerprint
      gap
      verdict
      sentence
      unexplained
      experiment
      notTried
      differences {
        path
        left
        right
      }
      effects {
        field
        effect
        seen
        interval {
          lower
          upper
        }
      }
      bands {
        field
        lower
        upper
        tried
      }
    }
  }
`);

type Answer = ExplainPageQuery["explain"];

const inWords = (value: unknown) =>
  value === null || value === undefined ? "absent" : JSON.stringify(value);

function AnswerView({ answer }: { answer: Answer }) {
  const { digits, unit } = answer.measure.metric;
  const number = (value: number) => formatNumber(value, digits);
  return (
    <section aria-labelledby="answer" className="mt-8">
      <h2 id="answer" className="mb-2 text-lg font-semibold">
        {answer.method.name}, {answer.measure.title}
      </h2>
      <p className="mb-2 tabular-nums">
        Your value {number(answer.mine)}, recorded value {number(answer.record)} {unit}.
      </p>
      <p className="mb-4 max-w-3xl">{answer.sentence}</p>
      {answer.effects.length > 0 && (
        <ListTable
          label="Effect of each field in our runs"
          className="max-w-3xl"
          rows={answer.effects}
          rowKey={({ field }) => field}
          columns={[
            { title: "Field changed", heads: true, show: ({ field }) => field },
            { title: "Effect", numeric: true, show: ({ effect }) => number(effect) },
            {
              title: "95% interval",
              numeric: true,
              show: ({ interval }) => `${number(interval.lower)} to ${number(interval.upper)}`,
            },
            { title: "Interval excludes 0", show: ({ seen }) => (seen ? "yes" : "no") },
          ]}
        />
      )}
      {answer.bands.length > 0 && (
        <>
          <h3 className="mt-6 mb-2 font-semibold">How sensitive the value is: {answer.experiment}</h3>
          <ListTable
            label="Sensitivity"
            className="max-w-3xl"
            rows={answer.bands}
            rowKey={({ field }) => field}
            columns={[
              { title: "Field", heads: true, show: ({ field }) => field },
              { title: "Lowest", numeric: true, show: ({ lower }) => number(lower) },
              { title: "Highest", numeric: true, show: ({ upper }) => number(upper) },
              { title: "Runs", numeric: true, show: ({ tried }) => tried },
            ]}
          />
        </>
      )}
      {answer.differences.length > 0 && (
        <>
          <h3 className="mt-6 mb-2 font-semibold">Where the protocols differ</h3>
          <ListTable
            label="Differences of the protocols"
            className="max-w-4xl"
            rows={answer.differences}
            rowKey={({ path }) => path}
            columns={[
              { title: "Field", heads: true, show: ({ path }) => path.slice(1).replaceAll("/", " / ") },
              { title: "Recorded", show: ({ left }) => inWords(left) },
              { title: "Yours", show: ({ right }) => inWords(right) },
            ]}
          />
        </>
      )}
      {answer.recordFingerprint && (
        <p className="mt-4 text-sm">
          <Link className="link" href={`/protocols/${answer.recordFingerprint}`} prefetch={false}>
            Protocol of the recorded value
          </Link>
        </p>
      )}
    </section>
  );
}

/** The fields of a protocol as somebody typed them; a sentence where they are no JSON. */
function readProtocol(text: string | undefined): { protocol: unknown; wrong: string | null } {
  if (!text?.trim()) return { protocol: null, wrong: null };
  try {
    return { protocol: JSON.parse(text), wrong: null };
  } catch (error) {
    return { protocol: null, wrong: `The protocol is not valid JSON: ${(error as Error).message}.` };
  }
}

/** A user's value beside the record's: where the protocols differ, and what that did in runs of ours. */
export default async function ExplainPage({ searchParams }: { searchParams: SearchParams }) {
  const query = await readQuery(searchParams);
  const { method = "", measure = "", value = "", fingerprint = "" } = query;
  const mine = Number(value);
  const { protocol, wrong } = readProtocol(query.protocol);
  const asked = method !== "" && measure !== "" && value !== "";
  const fault = asked && !Number.isFinite(mine) ? `'${value}' is not a number.` : wrong;
  const answer =
    asked && !fault
      ? (
          await ask(ExplainQuery, {
            method,
            measure,
            mine: { value: mine, protocol, fingerprint: fingerprint || null },
          })
        ).explain
      : null;
  const [{ methods }, measures] = await Promise.all([ask(OptionsQuery, { search: null }), allMeasures()]);
  const fields = [
    { name: "method", label: "Method", value: method, hint: "swav", offered: methods.nodes },
    {
      name: "measure",
      label: "Measure",
      value: measure,
      hint: "many-shot-linear/food/accuracy",
      offered: measures.map(({ slug, title }) => ({ slug, name: title })),
    },
    { name: "value", label: "Your value", value, hint: "74.3", offered: [] },
    {
      name: "fingerprint",
      label: "Fingerprint of your protocol, if it is recorded here",
      value: fingerprint,
      hint: "",
      offered: [],
    },
  ];
  return (
    <>
      <h1 className="text-2xl font-semibold tracking-tight">Why does my value differ?</h1>
      <p className="mt-1 mb-6 max-w-3xl text-muted">
        Compare your value with the recorded one: where the two protocols differ, and how much changing each
        differing field alone changed the value in our runs. We measured these effects on our checkpoints; on
        yours they may differ.
      </p>
      <form method="get" className="grid max-w-2xl gap-3 text-sm">
        {fields.map(({ name, label, value: given, hint, offered }) => (
          <label key={name} className="grid gap-1">
            {label}
            <input
              name={name}
              list={offered.length > 0 ? `offered-${name}` : undefined}
              defaultValue={given}
              placeholder={hint}
              required={name !== "fingerprint"}
              className="field w-full"
            />
            {offered.length > 0 && (
              <datalist id={`offered-${name}`}>
                {offered.map(({ slug, name: title }) => (
                  <option key={slug} value={slug}>
                    {title}
                  </option>
                ))}
              </datalist>
            )}
          </label>
        ))}
        <label className="grid gap-1">
          Or the fields of your protocol, as JSON
          <textarea
            name="protocol"
            rows={5}
            defaultValue={query.protocol ?? ""}
            className="field w-full font-mono"
          />
        </label>
        <button type="submit" className="button button-primary w-fit">
          Explain
        </button>
      </form>
      {fault && (
        <p role="alert" className="mt-4 text-sm text-fault">
          {fault}
        </p>
      )}
      {answer && <AnswerView answer={answer} />}
    </>
  );
}
