export type RegistryErrorCode =
  /** No such repository, or no right to see it. */
  | "denied"
  /** No such tag or digest. */
  | "not-found"
  /** The image is not for this machine. */
  | "platform"
  /** What came is damaged, or not what its digest promised. */
  | "invalid"
  | "too-large"
  /** No answer, or one that says the registry is not well. */
  | "unreachable";

/** A pull that failed; the message is Docker's where Docker has one. */
export class RegistryError extends Error {
  override name = "RegistryError";
  constructor(
    readonly code: RegistryErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
