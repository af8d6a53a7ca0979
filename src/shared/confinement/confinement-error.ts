import { SpecError } from "../oci/spec-error.js";

/** A member of an OCI spec that cannot be carried out. The message names the member, its value and what is wrong. */
export class ConfinementError extends SpecError {
  override name = "ConfinementError";
  constructor(
    readonly member: string,
    readonly value: unknown,
    reason: string,
  ) {
    super(`${member} ${value === undefined ? "(left out)" : JSON.stringify(value)}: ${reason}`);
  }
}
