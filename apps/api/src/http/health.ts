/** /healthz: 200 while the database answers, else 503. */
import type { RequestHandler } from "express";
import type { Database } from "../database/database.ts";

export function health({ sql }: Pick<Database, "sql">): RequestHandler {
  return async (_request, response) => {
    response.set("cache-control", "no-store");
    try {
      await sql("select 1 as one");
      response.json({ status: "ok", database: "ok" });
    } catch {
      response.status(503).set("retry-after", "2").json({ status: "unavailable", database: "unreachable" });
    }
  };
}
