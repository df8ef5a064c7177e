/** The whole schema: importing a module's files adds their types and fields to the builder. */
import { builder } from "./builder.ts";
import "./modules/measure/queries.ts";
import "./modules/method/queries.ts";
import "./modules/method/standings.ts";
import "./modules/leaderboard/queries.ts";
import "./modules/leaderboard/best.ts";
import "./modules/correlation/queries.ts";
import "./modules/correlation/matrix.ts";
import "./modules/correlation/predictors.ts";
import "./modules/correlation/groups.ts";
import "./modules/result/queries.ts";
import "./modules/run/types.ts";
import "./modules/run/list.ts";
import "./modules/method/checkpoints.ts";
import "./modules/search/queries.ts";
import "./modules/changes/queries.ts";
import "./modules/protocol/queries.ts";
import "./modules/protocol/list.ts";
import "./modules/comparison/queries.ts";
import "./modules/comparison/duels.ts";
import "./modules/account/types.ts";
import "./modules/claim/queries.ts";
import "./modules/forecast/queries.ts";
import "./modules/submission/types.ts";
import "./modules/submission/mutations.ts";
import "./modules/evaluation/types.ts";

export const schema = builder.toSchema();
