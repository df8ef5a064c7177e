/** Where this site is for its readers, and where they reach the API: the operator's environment, or the request itself. */
import { headers } from "next/headers";
import { apiUrl } from "./api";

/** `https://board.example`: of SITE_URL, else as the reader asked for it. */
export async function siteOrigin(): Promise<string> {
  const configured = process.env.SITE_URL;
  if (configured && URL.canParse(configured)) return new URL(configured).origin;
  const asked = await headers();
  const protocol = asked.get("x-forwarded-proto")?.split(",")[0]?.trim() === "https" ? "https" : "http";
  const host = asked.get("x-forwarded-host") ?? asked.get("host") ?? "localhost:3000";
  return URL.canParse(`${protocol}://${host}`) ? `${protocol}://${host}` : "http://localhost:3000";
}

/** The API as readers reach it: API_PUBLIC_URL, where the server reaches it under another address. */
export const publicApiUrl = () => (process.env.API_PUBLIC_URL ?? apiUrl()).replace(/\/$/, "");

/** The explorer with a question in it. */
export const explorerAddress = (query: string, variables: Readonly<Record<string, unknown>> = {}) =>
  `${publicApiUrl()}/graphql#${new URLSearchParams({ query, variables: JSON.stringify(variables, null, 2) })}`;

/** Whom to ask for a token: OPERATOR_CONTACT, an e-mail address or the address of a page. Null where it is not set. */
export function operatorContact(): { readonly text: string; readonly href: string } | null {
  const contact = process.env.OPERATOR_CONTACT?.trim();
  if (!contact) return null;
  if (/^https?:\/\//.test(contact)) return { text: contact, href: contact };
  return { text: contact, href: `mailto:${contact}` };
}
