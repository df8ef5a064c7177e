import type { Metadata } from "next";
import { SubmissionEditor } from "../../../components/submission/editor";
import { FormatHelp } from "../../../components/submission/format-help";
import { HowItWorks } from "../../../components/submission/how-it-works";
import { SignIn, ToAll } from "../../../components/submission/sign-in";
import { allMeasures } from "../../../lib/catalogue";
import { readSession } from "../../../lib/session";

export const metadata: Metadata = { title: "Submit results" };

/** Write or choose a file, check it, send it. */
export default async function NewSubmissionPage() {
  const session = await readSession();
  if (!session) {
    return (
      <>
        <h1 className="text-2xl font-semibold tracking-tight">Submit results</h1>
        <HowItWorks />
        <SignIn refused={false} />
      </>
    );
  }
  return (
    <>
      <ToAll />
      <h1 className="text-2xl font-semibold tracking-tight">Submit results</h1>
      {session.can("SUBMIT") ? (
        <>
          <p className="mt-1 max-w-3xl text-muted">
            One file holds the values of one method. Check it first: every problem is shown on its line, and
            nothing is recorded until you send it.
          </p>
          <SubmissionEditor measures={(await allMeasures()).map(({ slug, title }) => ({ slug, title }))} />
          <FormatHelp />
        </>
      ) : (
        <p className="mt-4 max-w-3xl text-muted">
          This token may not submit. Sign in with a token that may submit.
        </p>
      )}
    </>
  );
}
