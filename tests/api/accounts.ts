/** Accounts with tokens, for tests. */
import type { Scope } from "@transferboard/api/modules/account/scopes";
import { hashToken, newToken } from "@transferboard/api/modules/account/tokens";
import type { Api } from "./harness.ts";

export async function makeToken(
  { database }: { readonly database: Pick<Api["database"], "client"> },
  account: string,
  scopes: readonly Scope[],
  overrides: { expiresAt?: Date; revokedAt?: Date } = {},
): Promise<string> {
  const secret = newToken();
  const { client } = database;
  const { id } = await client.account.upsert({
    where: { name: account },
    create: { name: account },
    update: {},
  });
  await client.apiToken.create({
    data: {
      accountId: id,
      name: `${account}'s`,
      hash: hashToken(secret),
      scopes: [...scopes],
      expiresAt: new Date(Date.now() + 3_600_000),
      ...overrides,
    },
  });
  return secret;
}
