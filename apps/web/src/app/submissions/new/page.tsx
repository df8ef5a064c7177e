import type { Metadata } from "next";
import { FormatHelp } from "../../../components/submission/format-help";
import { OfferForm } from "../../../components/submission/offer-form";
import { SignedIn, SignIn, ToAll } from "../../../components/submission/sign-in";
import { readSession } from "../../../lib/session";

export const metadata: Metadata = { title: "Offer results" };

/** Upload, check, send. */
export default async function NewSubmissionPage() {
  const session = await readSession();
  return (
    <>
      {session && <ToAll />}
      <h1 className="text-2xl font-semibold tracking-tight">Offer results</h1>
      {session ? (
        <>
          <SignedIn session={session} />
          {session.can("SUBMIT") ? (
            <>
              <p className="mt-4 max-w-3xl text-muted">
                One file of one method’s values, each with its measure; a reviewer decides. The file is
                checked first: every fault is named at once, with its place, and nothing is recorded until you
                send it.
              </p>
              <FormatHelp />
              <OfferForm />
            </>
          ) : (
            <p className="mt-4 max-w-3xl text-muted">
              This token may not submit: sign in with one that has the scope SUBMIT.
            </p>
          )}
        </>
      ) : (
        <SignIn refused={false} />
      )}
    </>
  );
}
