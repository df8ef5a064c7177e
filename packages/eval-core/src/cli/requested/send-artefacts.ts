/** What an evaluation made goes to where artefacts are kept before the record names it. */
import { artefactPath } from "../../evaluations/artefacts.ts";
import type { Lease, Store } from "../../jobs/index.ts";
import { artefactsNamed } from "../../warehouse/index.ts";

/** Whoever removes what nobody names may have come between sending and recording. */
const TRIES = 2;

/** The lease's record, which sends what is to be recorded first. @param folder where this machine's artefacts are */
export function sendingStore(
  { store, artefacts }: Pick<Lease, "store" | "artefacts">,
  folder: string,
): Store {
  return {
    ...store,
    async record(evaluation, companions) {
      const named = artefactsNamed([evaluation.run.record, ...companions.map(({ record }) => record)]);
      for (let attempt = 1; ; attempt++) {
        for (const sha256 of await artefacts.missing(named)) {
          await artefacts.send(sha256, artefactPath(folder, sha256));
        }
        try {
          return await store.record(evaluation, companions);
        } catch (error) {
          const again = attempt < TRIES && (await artefacts.missing(named)).length > 0;
          if (!again) throw error;
        }
      }
    },
  };
}
