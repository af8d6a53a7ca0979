/** /commit: an image of a container. */
import type { ContainerConfig } from "../../shared/oci/image.js";
import { applyChanges } from "../build/apply-changes.js";
import type { Container } from "../containers/container.js";
import { argsOf } from "../containers/container-config.js";
import { changedLayer } from "../containers/container-files.js";
import { EngineError } from "../engine-error.js";
import { makeImage } from "../images/make-image.js";
import { json } from "./respond.js";
import type { Call, Route } from "./router.js";
import type { EngineServices } from "./services.js";
import { nameToMake, tagMade } from "./tag-made.js";
import type { IDResponse } from "./types.js";

export const commitRoutes: Route[] = [
  { method: "POST", path: "/commit", parameters: "container repo tag pause comment author changes", handle: commit },
];

async function commit(call: Call): Promise<Response> {
  const { services, query } = call;
  const name = query.text("container");
  if (!name) throw new EngineError("invalid", "no container named to commit");
  const container = services.containers.resolve(name);
  const reference = nameToMake(query);
  const config = applyChanges(configOf(container), query.all("changes"));
  const id = await services.whileWorking(async () => {
    const layer = await paused(services, container, query.flag("pause", true), () =>
      changedLayer(services.runtime.machine, container),
    );
    const author = query.text("author");
    const comment = query.text("comment");
    const image = { config, layer, base: container.image, createdBy: argsOf(container.config).join(" ") };
    return makeImage(services, { ...image, author, comment, createdAt: services.runtime.clock.now() });
  });
  tagMade(services, id, reference);
  return json({ Id: id } satisfies IDResponse, 201);
}

/** Nothing may change while the files are read. */
async function paused<T>(
  { containers }: EngineServices,
  container: Container,
  asked: boolean,
  work: () => Promise<T>,
): Promise<T> {
  if (!asked || container.state.status !== "running") return work();
  await containers.setPaused(container, true);
  try {
    return await work();
  } finally {
    await containers.setPaused(container, false);
  }
}

/** What an image says of containers, as this container has it. */
function configOf({ config, image }: Container): ContainerConfig {
  const { User, ExposedPorts, Env, Entrypoint, Cmd, Volumes, WorkingDir, Labels, StopSignal, Shell } = config;
  return {
    ...image.config.config,
    User,
    Env: Env ?? [],
    Entrypoint,
    Cmd,
    WorkingDir,
    Labels: Labels ?? {},
    ...(ExposedPorts && { ExposedPorts }),
    ...(Volumes && { Volumes }),
    ...(StopSignal && { StopSignal }),
    ...(Shell && { Shell }),
  };
}
