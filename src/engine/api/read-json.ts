import * as v from "valibot";
import { EngineError } from "../engine-error.js";
import { problemOf, shown } from "../json-problem.js";

/** Most bytes of a JSON body. */
const LIMIT = 4 << 20;

/**
 * The request's body by `schema`.
 * @throws {EngineError} `invalid` naming the member and its value.
 */
export async function readJSON<S extends v.GenericSchema>(request: Request, schema: S): Promise<v.InferOutput<S>> {
  const text = await request.text();
  if (text.length > LIMIT) throw new EngineError("invalid", `request body of ${text.length} bytes: at most ${LIMIT}`);
  let body: unknown;
  try {
    body = text.trim() === "" ? {} : JSON.parse(text);
  } catch (error) {
    throw new EngineError("invalid", `invalid JSON: ${(error as Error).message}`);
  }
  const result = v.safeParse(schema, body);
  if (result.success) return result.output;
  const [issue] = result.issues;
  throw new EngineError(
    "invalid",
    issue.type === "check"
      ? `${v.getDotPath(issue)} is ${issue.message}: ${shown(issue.input)}`
      : `invalid JSON: ${problemOf(issue)}`,
  );
}
