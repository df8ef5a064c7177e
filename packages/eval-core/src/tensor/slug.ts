/**
 * A name in addresses: small letters a to z and digits, parted by single hyphens (and dots, where asked). Distinct names
 * stay distinct: accents are taken off, letters that are written with others so (ß, æ, ø, Greek, Cyrillic) are, and where
 * anything is left that cannot be written, a few digits of the name's hash stand for it.
 */
import { createHash } from "node:crypto";

/** Latin letters that no accent makes, then Greek, then Cyrillic (ISO 9 without accents, as passports have it). */
const WRITTEN: Readonly<Record<string, string>> = Object.fromEntries(
  `ß=ss æ=ae œ=oe ø=o đ=d ð=d þ=th ł=l ħ=h ı=i ŋ=n ĸ=k ŧ=t ſ=s
  α=a β=b γ=g δ=d ε=e ζ=z η=e θ=th ι=i κ=k λ=l μ=m ν=n ξ=x ο=o π=p ρ=r σ=s ς=s τ=t υ=y φ=ph χ=ch ψ=ps ω=o
  а=a б=b в=v г=g д=d е=e ж=zh з=z и=i й=i к=k л=l м=m н=n о=o п=p р=r с=s т=t у=u ф=f х=kh ц=ts ч=ch ш=sh щ=shch
  ъ=ie ы=y ь= э=e ю=iu я=ia є=ie і=i ґ=g ў=u ј=j љ=lj њ=nj ћ=c ђ=dj џ=dz`
    .split(/\s+/)
    .map((pair) => pair.split("=") as [string, string]),
);

/** Of letters that could not be written: enough that a million names do not meet by chance. */
const HASH_DIGITS = 8;

/** The record takes no longer slug. */
const LONGEST = 100;

const hashOf = (name: string): string =>
  createHash("sha256").update(name.normalize("NFC")).digest("hex").slice(0, HASH_DIGITS);

/** Two names that differ only behind the longest slug's end stay two by their hash. */
function cut(slug: string, name: string): string {
  if (slug.length <= LONGEST) return slug;
  const kept = slug.slice(0, LONGEST - HASH_DIGITS - 1).replace(/[-.]+$/, "");
  return `${kept}-${hashOf(name)}`;
}

/**
 * @param fallback what stands for a name without one letter that can be written, before its hash
 * @param dots whether dots stay ("vit.augreg"), as in a method's slug
 */
export function slugOf(name: string, fallback: string, { dots = false } = {}): string {
  const letters = name
    .normalize("NFKD")
    .replace(/\p{M}+/gu, "")
    .toLowerCase();
  const written = [...letters]
    .map((letter) => WRITTEN[letter] ?? letter)
    .join("")
    // "SwAV+" is not SwAV; inside a name a plus parts words.
    .replace(/\++(?=[^a-z0-9+]|$)/g, (pluses) => "-plus".repeat(pluses.length));
  const base = written
    .replace(dots ? /[^a-z0-9.]+/g : /[^a-z0-9]+/g, "-")
    .replace(/\.{2,}/g, ".")
    .replace(/-?\.-?/g, ".")
    .replace(/^[-.]+|[-.]+$/g, "");
  // A letter or digit of a script that is not written here would otherwise vanish.
  const isWhole = !/[\p{L}\p{N}\p{S}]/u.test(written.replace(/[a-z0-9+=<>|~^$`]/g, ""));
  return cut(isWhole && base !== "" ? base : `${base || fallback}-${hashOf(name)}`, name);
}

/** Of a name in parts, such as an organisation's and its model's: joined by dots. */
export const slugOfParts = (parts: readonly string[], fallback: string): string =>
  cut(parts.map((part) => slugOf(part, fallback, { dots: true })).join("."), parts.join("/"));

/** Whether the name could be written without its hash: where not, whoever gave it is told. */
export const isWritten = (name: string, fallback: string): boolean =>
  !slugOf(name, fallback, { dots: true }).endsWith(`-${hashOf(name)}`);
