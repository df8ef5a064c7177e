/** The names that the migrations, the embedded server and the client agree on. */

export const databaseName = "transferboard";

/** May read all, add to the ledger, and alter neither it nor the audit log: migrations/0003_role grants its rights. */
export const applicationRole = "transferboard_app";

/** The user of the embedded server that the API, the workers and the command connect as: a member of that role. */
export const applicationLogin = "transferboard_api";

/** The schema that pg-boss may fill with its tables (construct it with createSchema: false). */
export const queueSchema = "pgboss";

/** The queue of evaluations in it. */
export const queueName = "evaluations";
