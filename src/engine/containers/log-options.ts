/** `--log-opt` of the json-file driver, as far as it bears on a log that is kept in memory. */
import { fromHumanSize, SizeError } from "../../shared/units/size.js";
import type { HostConfigJSON } from "../api/types.js";
import { EngineError } from "../engine-error.js";
import { LOG_LIMIT_BYTES } from "./container-log.js";

/** Bytes that a container's log may have. @throws {EngineError} `invalid` naming an option. */
export function logLimitBytes({ Type, Config }: HostConfigJSON["LogConfig"] = { Type: "" }): number {
  const { "max-size": size, "max-file": files = "1", ...others } = Config ?? {};
  const unknown = Object.keys(others)[0];
  if (unknown !== undefined)
    throw new EngineError("invalid", `unknown log opt '${unknown}' for ${Type || "json-file"} log driver`);
  if (!/^[1-9]\d{0,5}$/.test(files)) throw new EngineError("invalid", `invalid value for max-file: ${files}`);
  return size === undefined ? LOG_LIMIT_BYTES : Math.min(LOG_LIMIT_BYTES, sizeOf(size) * Number(files));
}

function sizeOf(text: string): number {
  try {
    return fromHumanSize(text);
  } catch (error) {
    throw error instanceof SizeError ? new EngineError("invalid", error.message) : error;
  }
}
