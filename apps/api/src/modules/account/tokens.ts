/** API tokens: 256 random bits, shown once, kept as a hash. */
import { createHash, randomBytes } from "node:crypto";

/** So that secret scanners recognise one. */
const PREFIX = "tb_";
const FORM = /^tb_[A-Za-z0-9_-]{43}$/;

export const newSecret = () => `${PREFIX}${randomBytes(32).toString("base64url")}`;

export const isSecret = (text: string) => FORM.test(text);

/** With 256 random bits behind it a plain hash cannot be guessed back. */
export const hashSecret = (secret: string) => createHash("sha256").update(secret).digest("hex");
