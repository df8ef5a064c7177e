/** The fingerprint of a protocol: one canonical JSON for the whole house. */
export { canonicalJson, fingerprint, type Json } from "@transferboard/vocabulary/canonical-json";
