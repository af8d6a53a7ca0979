import { type Digest, hexOf } from "../../shared/oci/digest.js";

/** SHA-256 of `bytes` through Web Crypto, which workers and Node share. */
export async function digestOf(bytes: Uint8Array): Promise<Digest> {
  const hash = await crypto.subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>);
  return `sha256:${hexOf(new Uint8Array(hash))}`;
}
