import type { Metadata } from "next";
import Link from "next/link";
import { graphql } from "../../../generated";
import { RevokeButton, TokenForm } from "../../components/account/forms";
import { ListTable } from "../../components/list-table";
import { SignIn } from "../../components/submission/sign-in";
import { askAs } from "../../lib/api";
import { formatDate } from "../../lib/format";
import { readSession } from "../../lib/session";

export const metadata: Metadata = { title: "Account" };

const AccountQuery = graphql(`
  query AccountPage {
    viewer {
      account {
        name
        tokens {
          id
          name
          scopes
          createdAt
          expiresAt
          revokedAt
          lastUsedAt
        }
      }
    }
  }
`);

const permissions = [
  ["SUBMIT", "submit"],
  ["REVIEW", "review"],
  ["WORK", "take evaluations from the queue"],
  ["ADMIN", "create tokens"],
] as const;
const listed = new Intl.ListFormat("en-GB", { type: "conjunction" });

/** Who is signed in, what the token may do, and the account's tokens. */
export default async function AccountPage() {
  const session = await readSession();
  if (!session) {
    return (
      <>
        <h1 className="text-2xl font-semibold tracking-tight">Account</h1>
        <SignIn refused={false} />
      </>
    );
  }
  const { viewer } = await askAs(session.token, AccountQuery);
  const may = permissions.filter(([scope]) => session.can(scope)).map(([, words]) => words);
  return (
    <>
      <h1 className="text-2xl font-semibold tracking-tight">{session.name}</h1>
      <p className="mt-1 mb-4 text-muted">
        You are signed in. Your token may {may.length > 0 ? listed.format(may) : "only read"}.
      </p>
      <div className="mb-6 flex flex-wrap gap-2">
        <Link className="button" href="/submissions" prefetch={false}>
          Submissions
        </Link>
        <form method="post" action="/session/end">
          <button type="submit" className="button">
            Sign out
          </button>
        </form>
      </div>
      <h2 className="mb-2 text-lg font-semibold">Tokens</h2>
      <ListTable
        label="Tokens"
        rows={viewer?.account.tokens ?? []}
        rowKey={({ id }) => id}
        columns={[
          { title: "Token", heads: true, className: "font-normal", show: ({ name }) => name },
          {
            title: "Permissions",
            show: ({ scopes }) => scopes.map((scope) => scope.toLowerCase()).join(", "),
          },
          {
            title: "Expires (UTC)",
            className: "whitespace-nowrap",
            show: ({ expiresAt }) => formatDate(expiresAt),
          },
          {
            title: "Last used (UTC)",
            className: "whitespace-nowrap",
            show: ({ lastUsedAt }) => (lastUsedAt ? formatDate(lastUsedAt) : "never"),
          },
          {
            title: "State",
            show: ({ id, name, revokedAt, expiresAt }) =>
              revokedAt ? (
                <span className="text-muted">revoked</span>
              ) : new Date(expiresAt) < new Date() ? (
                <span className="text-muted">expired</span>
              ) : (
                <RevokeButton id={id} name={name} />
              ),
          },
        ]}
      />
      {session.can("ADMIN") && (
        <section aria-labelledby="new-token" className="mt-8">
          <h2 id="new-token" className="mb-2 text-lg font-semibold">
            New token
          </h2>
          <TokenForm />
        </section>
      )}
    </>
  );
}
