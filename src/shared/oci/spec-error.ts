/** A spec that cannot be carried out, told with the member and its value, before anything is made. */
export class SpecError extends Error {
  override name = "SpecError";
}
