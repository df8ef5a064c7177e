/** The narrow door to Postgres that hand-written queries go through, so that tests can count what passes. */

/** Runs one statement with positional parameters ($1, $2 ...). */
export type Sql = <Row extends object>(text: string, values?: readonly unknown[]) => Promise<Row[]>;
