/** From an Authorization header to a viewer. One statement, and one more when the last use was a while ago. */
import type { Database } from "../../database/database.ts";
import { NotAuthorized } from "../../errors.ts";
import { hashToken, isToken } from "./tokens.ts";
import { Viewer } from "./viewer.ts";

/** The last use is kept to the minute: a busy token does not write at every request. */
const LAST_USE_STEP_MS = 60_000;

const refused = (why: string) => new NotAuthorized(why);

/** Null without a header. @throws NotAuthorized on a token that does not hold. */
export async function authenticate(header: string | undefined, { prisma }: Database): Promise<Viewer | null> {
  if (header === undefined) return null;
  const secret = /^Bearer +(\S+)$/i.exec(header)?.[1];
  if (!secret || !isToken(secret)) {
    throw refused("The Authorization header must be 'Bearer' and a token as it was shown when it was made.");
  }
  const token = await prisma.apiToken.findUnique({
    where: { hash: hashToken(secret) },
    include: { account: { select: { name: true } } },
  });
  if (!token) throw refused("This token does not exist.");
  if (token.revokedAt) throw refused("This token was revoked: make a new one.");
  const now = new Date();
  if (token.expiresAt <= now) throw refused("This token has expired: make a new one.");
  if (!token.lastUsedAt || now.getTime() - token.lastUsedAt.getTime() > LAST_USE_STEP_MS) {
    await prisma.apiToken.updateMany({ where: { id: token.id, revokedAt: null }, data: { lastUsedAt: now } });
  }
  const { accountId, account, id: tokenId, scopes } = token;
  return new Viewer({ accountId, accountName: account.name, tokenId, scopes });
}
