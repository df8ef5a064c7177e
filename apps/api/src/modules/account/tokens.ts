/** API tokens, as the database package makes them: what one looks like from outside. */
export { hashToken, newToken } from "@transferboard/prisma";

const FORM = /^tb_[A-Za-z0-9_-]{43}$/;

/** Anything else need not be looked up. */
export const isToken = (text: string) => FORM.test(text);
