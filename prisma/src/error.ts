/** What stands between the project and its database: one sentence for a person, which says what to do. */
export class DatabaseError extends Error {
  override name = "DatabaseError";
}

const fileSentences: Record<string, (path: string) => string> = {
  EACCES: (path) => `cannot write in ${path}: the folder must be writable for this user.`,
  EPERM: (path) => `cannot write in ${path}: the folder must be writable for this user.`,
  EROFS: (path) => `cannot write in ${path}: the file system is read-only.`,
  ENOSPC: (path) => `no space left for the database in ${path}: free some and start again.`,
  ENOTDIR: (path) => `${path} cannot hold the database: part of the path is a file, not a folder.`,
};

/** Turns a file-system error into a sentence; anything else is thrown on as it is. */
export function fileError(error: unknown, path: string): unknown {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const sentence = fileSentences[code];
  return sentence ? new DatabaseError(sentence(path), { cause: error }) : error;
}
