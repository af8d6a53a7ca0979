import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The clone. */
export const projectDir = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Where built things are kept, by the hash of what made them: `$XDG_CACHE_HOME/drydock`. */
export const cacheDir = join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "drydock");
