/** Making and revoking tokens. */

import type { Context } from "../../context.ts";
import { transactAs } from "../../database/transact.ts";
import { BadInput, NotFound } from "../../errors.ts";
import { requireViewer } from "./require.ts";
import type { Scope } from "./scopes.ts";
import { hashToken, newToken } from "./tokens.ts";

const DAY_MS = 86_400_000;
const DEFAULT_DAYS = 90;
const MOST_DAYS = 366;

export interface NewToken {
  readonly account: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly expiresAt?: Date | null | undefined;
}

/** The secret is in this answer and nowhere else. An account that is not there yet is made. */
export async function createToken(input: NewToken, context: Context) {
  const viewer = await requireViewer(context, "ADMIN");
  const now = Date.now();
  const expiresAt = input.expiresAt ?? new Date(now + DEFAULT_DAYS * DAY_MS);
  if (expiresAt.getTime() <= now || expiresAt.getTime() > now + MOST_DAYS * DAY_MS) {
    throw new BadInput(`'expiresAt' must lie in the future and within ${MOST_DAYS} days.`);
  }
  if (input.scopes.length === 0) throw new BadInput("'scopes' must name at least one scope.");
  const secret = newToken();
  const token = await transactAs(context.db, viewer, async (tx) => {
    const account = await tx.account.upsert({
      where: { name: input.account },
      create: { name: input.account },
      update: {},
    });
    return tx.apiToken.create({
      data: {
        accountId: account.id,
        name: input.name,
        hash: hashToken(secret),
        scopes: [...new Set(input.scopes)],
        expiresAt,
      },
    });
  });
  return { token, secret };
}

/** One's own token, or as ADMIN anyone's. Revoking twice is harmless. */
export async function revokeToken(tokenId: string, context: Context) {
  const viewer = await requireViewer(context, "READ");
  const mine = viewer.can("ADMIN") ? {} : { accountId: viewer.accountId };
  return transactAs(context.db, viewer, async (tx) => {
    const where = { id: tokenId, ...mine };
    await tx.apiToken.updateMany({ where: { ...where, revokedAt: null }, data: { revokedAt: new Date() } });
    const token = await tx.apiToken.findFirst({ where });
    if (!token) throw new NotFound("There is no token of yours with this id.");
    return token;
  });
}
