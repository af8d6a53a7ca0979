import { hexOf } from "../../shared/oci/digest.js";

/** Makes ids of 64 hex digits; tests give their own. */
export type RandomID = () => string;

/**
 * A short id of digits alone would be read as a number where it stands as a host name, so such ids are not used
 * (as Docker has it).
 */
export const randomID: RandomID = () => {
  for (;;) {
    const id = hexOf(crypto.getRandomValues(new Uint8Array(32)));
    if (!/^[0-9]{12}/.test(id)) return id;
  }
};
