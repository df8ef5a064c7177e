/** What a newcomer wants to know before signing in: what can be submitted, how it looks, and what happens next. */
import Link from "next/link";
import { operatorContact } from "../../lib/site";
import { FormatHelp } from "./format-help";

const steps = [
  ["Prepare", "Write a CSV or JSON file with one row per value: the measure, the number and its source."],
  ["Check", "The site shows every problem on its line, with suggestions, and how the ranks would change."],
  ["Review", "A reviewer accepts or rejects the file and gives a reason. Until then you can withdraw it."],
  ["Record", "Accepted values appear on the boards at once, marked self-reported, with your source."],
] as const;

export function HowItWorks() {
  const contact = operatorContact();
  return (
    <>
      <p className="mt-1 max-w-3xl text-muted">
        You can submit results of any pretrained vision model, on the{" "}
        <Link className="link" href="/suites/overview" prefetch={false}>
          measures of the boards
        </Link>{" "}
        or on new datasets in the same settings.
      </p>
      <ol className="mt-5 grid max-w-5xl gap-4 sm:grid-cols-2 lg:grid-cols-4">
        {steps.map(([title, text], i) => (
          <li key={title} className="rounded-md border border-line p-3">
            <p className="font-semibold">
              {i + 1}. {title}
            </p>
            <p className="mt-1 text-sm text-muted">{text}</p>
          </li>
        ))}
      </ol>
      <p className="mt-5 flex flex-wrap gap-2 text-sm">
        <a className="button" href="/submissions/template.csv" download="results.csv">
          CSV template
        </a>
        <a className="button" href="/submissions/template.json" download="results.json">
          JSON template
        </a>
        <a className="button" href="/submissions/schema.json">
          JSON Schema
        </a>
        <Link className="button" href="/evaluate" prefetch={false}>
          Evaluate a checkpoint instead
        </Link>
      </p>
      <FormatHelp />
      <section aria-labelledby="token" className="mt-8 max-w-3xl">
        <h2 id="token" className="text-lg font-semibold">
          Get a token
        </h2>
        <p className="mt-1 text-sm text-muted">
          You need no account to read. To submit, sign in with a token.{" "}
          {contact ? (
            <>
              Ask the operator of this board:{" "}
              <a className="link" href={contact.href}>
                {contact.text}
              </a>
              .
            </>
          ) : (
            <>
              Ask the operator of this board, who creates one with <code>transferboard token create</code>.
            </>
          )}
        </p>
      </section>
    </>
  );
}
