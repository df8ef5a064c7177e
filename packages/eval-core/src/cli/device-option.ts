/** The `--device` option. */
import { DEVICE_CHOICES, type DeviceChoice } from "../runtime/index.ts";
import { CommandError, EXIT } from "./exit-codes.ts";

export function deviceChoice(given: string): DeviceChoice {
  const choice = DEVICE_CHOICES.find((known) => known === given);
  if (choice) return choice;
  throw new CommandError(`unknown device '${given}': known are ${DEVICE_CHOICES.join(", ")}`, EXIT.usage);
}
