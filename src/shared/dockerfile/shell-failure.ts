import { DockerfileError } from "./source.js";

export function failure(message: string): DockerfileError {
  return new DockerfileError("expansion", message);
}
