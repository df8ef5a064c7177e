/** `transferboard token create|list|revoke`: who may write, made by the operator straight in the database. */
import { createToken, type Scope } from "@transferboard/prisma";
import type { AddCommand } from "../context.ts";
import { moment } from "../dates.ts";
import { CommandError, EXIT } from "../exit-codes.ts";
import { withDatabase } from "../operator.ts";
import { collect } from "../options.ts";
import { oneOf, shortest } from "../server/ids.ts";
import { table } from "../table.ts";

const SCOPES: readonly Scope[] = ["READ", "SUBMIT", "REVIEW", "WORK", "ADMIN"];
const HOURS = { h: 1, d: 24, w: 168 } as const;
const MOST_DAYS = 366;

interface CreateOptions {
  readonly account: string;
  readonly name: string;
  readonly scope: readonly string[];
  readonly expires: string;
  readonly json?: boolean;
}

function scopeOf(given: string): Scope {
  const scope = SCOPES.find((known) => known === given.toUpperCase());
  if (scope) return scope;
  const known = SCOPES.join(", ").toLowerCase();
  throw new CommandError(`unknown scope '${given}': known are ${known}`, EXIT.usage);
}

/** `12h`, `90d` or `8w` from now. */
function expiryOf(given: string): Date {
  const [, count, unit] = /^(\d{1,6})([hdw])$/.exec(given) ?? [];
  const hours = Number(count) * (HOURS[unit as keyof typeof HOURS] ?? Number.NaN);
  if (hours > 0 && hours <= MOST_DAYS * 24) return new Date(Date.now() + hours * 3_600_000);
  throw new CommandError(
    `--expires must be a time such as 12h, 90d or 8w, at most ${MOST_DAYS}d, not '${given}'`,
    EXIT.usage,
  );
}

function nameOf(option: string, given: string): string {
  if (/\S/.test(given) && given.length <= 100) return given.trim();
  throw new CommandError(`${option} must have 1 to 100 characters`, EXIT.usage);
}

export const addToken: AddCommand = (program, contextOf) => {
  const token = program
    .command("token")
    .description("create, list and revoke tokens directly in the database, as its operator");

  token
    .command("create")
    .description("create a token, and its account if there is none; the secret is shown only once")
    .requiredOption("--account <name>", "the owner; others see this name beside submissions and decisions")
    .requiredOption("--name <name>", "name of the token, such as laptop")
    .requiredOption("--scope <scope>", "read, submit, review, work or admin (may be repeated)", collect)
    .option("--expires <time>", "how long it is valid, such as 12h, 90d or 8w", "90d")
    .option("--json", "print one JSON document")
    .action(async (options: CreateOptions) => {
      const { terminal } = contextOf(options.json);
      const request = {
        account: nameOf("--account", options.account),
        name: nameOf("--name", options.name),
        scopes: [...new Set(options.scope.map(scopeOf))],
        expiresAt: expiryOf(options.expires),
      };
      const { id, token: secret } = await withDatabase("token", (db) => createToken(db, request));
      if (options.json) return terminal.print(JSON.stringify({ id, ...request, secret }, null, 2));
      terminal.say(
        `Token ${id} of ${request.account} for ${request.scopes.join(", ").toLowerCase()}, until ${moment(request.expiresAt.toISOString())}. ` +
          "It is shown this once; set TRANSFERBOARD_TOKEN to it:",
      );
      terminal.print(secret);
    });

  token
    .command("list")
    .description("list all tokens, newest first, without their secrets")
    .option("--account <name>", "only tokens of this account")
    .option("--json", "print one JSON document")
    .action(async (options: { account?: string; json?: boolean }) => {
      const { terminal } = contextOf(options.json);
      const rows = await withDatabase("token", (db) =>
        db.apiToken.findMany({
          where: options.account === undefined ? {} : { account: { name: options.account } },
          omit: { hash: true, accountId: true },
          include: { account: { select: { name: true } } },
          orderBy: [{ createdAt: "desc" }, { id: "desc" }],
        }),
      );
      const tokens = rows.map(({ account, ...row }) => ({
        account: account.name,
        ...row,
        state: row.revokedAt ? "revoked" : row.expiresAt <= new Date() ? "expired" : "valid",
      }));
      if (options.json) return terminal.print(JSON.stringify(tokens, null, 2));
      if (tokens.length === 0) return terminal.print("No tokens.");
      const ids = shortest(tokens.map(({ id }) => id));
      const columns = ["id", "account", "name", "scopes", "state", "expires", "last used"];
      terminal.print(
        table(
          columns.map((header) => ({ header })),
          tokens.map(({ account, name, scopes, state, expiresAt, lastUsedAt }, i) => [
            ids[i]!,
            account,
            name,
            scopes.join(" ").toLowerCase(),
            state,
            moment(expiresAt.toISOString()),
            lastUsedAt === null ? "never" : moment(lastUsedAt.toISOString()),
          ]),
        ),
      );
    });

  token
    .command("revoke <id>")
    .description("revoke a token permanently, by its id or the beginning of it")
    .option("--json", "print one JSON document")
    .action(async (given: string, options: { json?: boolean }) => {
      const { terminal } = contextOf(options.json);
      // A secret that was pasted here by mistake is not repeated on the screen.
      if (!/^[0-9a-f][0-9a-f-]{3,35}$/i.test(given)) {
        throw new CommandError(
          `a token is revoked by its id, as 'transferboard token list' shows it, not '${given.slice(0, 8)}...'`,
          EXIT.usage,
        );
      }
      const { id, count, found } = await withDatabase("token", async (db) => {
        const all = await db.apiToken.findMany({ select: { id: true } });
        const ids = all.map((one) => one.id);
        const id = oneOf(ids, given, "token", "transferboard token list");
        const { count } = await db.apiToken.updateMany({
          where: { id, revokedAt: null },
          data: { revokedAt: new Date() },
        });
        const include = { account: { select: { name: true } } };
        return { id, count, found: await db.apiToken.findUniqueOrThrow({ where: { id }, include }) };
      });
      if (options.json) return terminal.print(JSON.stringify({ id, revokedAt: found.revokedAt }, null, 2));
      const { name, account } = found;
      terminal.print(
        `Token '${name}' of ${account.name} is revoked${count === 0 ? ", as it was before" : ""}.`,
      );
    });
};
