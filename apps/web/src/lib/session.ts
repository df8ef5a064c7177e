/**
 * Who reads. The session's name is in a cookie that no script can read and no other site can make a browser send; it
 * lasts as long as the browser, and ends here when its reader signs out. The token leaves the server's memory only for
 * the API's header.
 */
import { cookies, headers } from "next/headers";
import { cache } from "react";
import { graphql } from "../../generated";
import type { Scope } from "../../generated/graphql";
import { ApiError, askAs } from "./api";
import { sessions } from "./session-store";

const cookieName = "transferboard_session";

const ViewerQuery = graphql(`
  query Viewer {
    viewer {
      account {
        name
      }
      scopes
    }
  }
`);

export interface Session {
  readonly token: string;
  readonly name: string;
  readonly can: (scope: Scope) => boolean;
}

/** Null for a token that does not hold: unknown, revoked or expired. */
export async function sessionOf(token: string): Promise<Session | null> {
  try {
    const { viewer } = await askAs(token, ViewerQuery);
    if (!viewer) return null;
    const { account, scopes } = viewer;
    return {
      token,
      name: account.name,
      can: (scope) =>
        scopes.includes(scope) || scopes.includes("ADMIN") || (scope === "READ" && scopes.length > 0),
    };
  } catch (error) {
    if (error instanceof ApiError && error.errors.some((one) => one.extensions?.code === "NOT_AUTHORIZED"))
      return null;
    throw error;
  }
}

/** Of the request that is being answered; asked for once. */
export const readSession = cache(async (): Promise<Session | null> => {
  const name = (await cookies()).get(cookieName)?.value;
  const token = name === undefined ? undefined : sessions.tokenOf(name);
  return token ? await sessionOf(token) : null;
});

export async function keepSession(token: string): Promise<void> {
  const forwarded = (await headers()).get("x-forwarded-proto")?.split(",")[0]?.trim();
  (await cookies()).set(cookieName, sessions.begin(token), {
    httpOnly: true,
    sameSite: "strict",
    secure: forwarded === "https",
    path: "/",
  });
}

export async function endSession(): Promise<void> {
  const jar = await cookies();
  const name = jar.get(cookieName)?.value;
  if (name !== undefined) sessions.end(name);
  jar.delete(cookieName);
}

/** Whether a form was sent from one of our own pages. Every browser says so in one of two ways. */
export function isOurs(request: Request): boolean {
  const site = request.headers.get("sec-fetch-site");
  if (site !== null) return site === "same-origin";
  const origin = request.headers.get("origin");
  const host = request.headers.get("x-forwarded-host") ?? request.headers.get("host");
  return origin !== null && URL.canParse(origin) && new URL(origin).host === host;
}

/** After a form: the browser asks for the page anew, and a reload sends nothing again. */
export const seeOther = (path: string) => new Response(null, { status: 303, headers: { location: path } });

export const notOurs = () =>
  new Response("This form must be sent from a page of this site.\n", {
    status: 403,
    headers: { "content-type": "text/plain; charset=utf-8" },
  });
