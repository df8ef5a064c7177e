/** Where the data lies that ships with the package. */
import { fileURLToPath } from "node:url";

export const shippedData = (name: string): string =>
  fileURLToPath(new URL(`../../data/${name}`, import.meta.url));
