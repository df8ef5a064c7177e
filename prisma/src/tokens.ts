/**
 * API tokens: shown once, kept as their hash. A token is 32 random bytes, so its SHA-256 needs no salt and no slow
 * hash: there is nothing to guess.
 */
import { createHash, randomBytes } from "node:crypto";
import type { Scope } from "../generated/client/enums.ts";
import type { Database } from "./client.ts";

/** So that a token which leaks into a log or a repository is recognised as one. */
const PREFIX = "tb_";

export const newToken = (): string => PREFIX + randomBytes(32).toString("base64url");

export const hashToken = (token: string): string => createHash("sha256").update(token).digest("hex");

export interface TokenRequest {
  /** The account's name; made if there is none of that name. */
  account: string;
  /** What the token is for. */
  name: string;
  scopes: Scope[];
  expiresAt: Date;
}

/** Makes a token; the answer is the only time that it is seen. */
export async function createToken(
  db: Database,
  { account, name, scopes, expiresAt }: TokenRequest,
): Promise<{ id: string; accountId: number; token: string }> {
  const token = newToken();
  return db.$transaction(async (tx) => {
    await tx.account.createMany({ data: [{ name: account }], skipDuplicates: true });
    const { id: accountId } = await tx.account.findUniqueOrThrow({ where: { name: account } });
    const { id } = await tx.apiToken.create({
      data: { accountId, name, hash: hashToken(token), scopes, expiresAt },
      select: { id: true },
    });
    return { id, accountId, token };
  });
}

/** The token's row and account while it holds: known, not expired, not revoked. Null otherwise. */
export async function findToken(db: Database, token: string, now = new Date()) {
  if (!token.startsWith(PREFIX)) return null;
  const found = await db.apiToken.findUnique({
    where: { hash: hashToken(token) },
    include: { account: true },
  });
  return found && found.revokedAt === null && found.expiresAt > now ? found : null;
}
