/** Raised with every change that an older peer could not read; both ends name theirs in `hello`. */
export const PROTOCOL_VERSION = 2;
