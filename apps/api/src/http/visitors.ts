/**
 * Whose request it is. The site asks for all of its readers from one address: it proves itself by a secret that both got at
 * their start, and tells the reader's address. From anybody else such headers are worth nothing.
 */
import { createHash, timingSafeEqual } from "node:crypto";
import type { Request } from "express";

export const SITE_SECRET_HEADER = "x-transferboard-site";
export const VISITOR_HEADER = "x-transferboard-visitor";

const digest = (text: string) => createHash("sha256").update(text).digest();

export class Visitors {
  readonly #secret: Buffer | undefined;

  constructor(siteSecret: string | undefined) {
    this.#secret = siteSecret ? digest(siteSecret) : undefined;
  }

  /** An address, or the network of an IPv6 one: a household has 2^64 of those. */
  of(request: Request): string {
    const secret = request.get(SITE_SECRET_HEADER);
    const isSite =
      this.#secret !== undefined && secret !== undefined && timingSafeEqual(digest(secret), this.#secret);
    const told = isSite ? request.get(VISITOR_HEADER)?.trim() : undefined;
    const address = told && told.length <= 64 ? told : (request.ip ?? "unknown");
    return networkOf(address);
  }
}

/** IPv4 as it is, also where it is written as IPv6; of IPv6 its first 64 bits. */
export function networkOf(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, "").replace(/%.*$/, "");
  if (!plain.includes(":")) return plain;
  const [head = "", tail] = plain.toLowerCase().split("::");
  const front = head.split(":").filter(Boolean);
  const back = (tail ?? "").split(":").filter(Boolean);
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - front.length - back.length);
  const groups = [...front, ...Array<string>(zeros).fill("0"), ...back].slice(0, 4);
  return `${groups.map((group) => group.replace(/^0+(?=.)/, "")).join(":")}::/64`;
}
