/** Making a container, and getting its image first where it is missing: what `run` and `create` begin with. */
import type { ContainerCreateRequest, ContainerCreateResponse } from "../engine/api/types.js";
import { familiarString, parseReference, withDefaultTag } from "../shared/reference/reference.js";
import type { Call } from "./command-spec.js";
import { ApiError, CommandFailure } from "./errors.js";
import { checkImageName, pullImage } from "./pull-image.js";
import { readFile } from "./read-file.js";

/** Pull progress and warnings go to stderr. @returns the container's id. */
export async function createContainer(call: Call, request: ContainerCreateRequest): Promise<string> {
  const { context, flags } = call;
  const policy = flags.text("pull") ?? "missing";
  if (!["always", "missing", "never", ""].includes(policy))
    throw new CommandFailure(`invalid pull option: '${policy}': must be one of "always", "missing" or "never"`);
  checkImageName(request.Image);
  const cidFile = flags.text("cidfile");
  if (cidFile !== undefined) await refuseExisting(call, cidFile);
  if (policy === "always") await pull(call, request.Image);
  const { Id, Warnings } = await createOrPull(call, request, policy === "missing" || policy === "");
  for (const warning of Warnings ?? []) await context.stderr.write(`WARNING: ${warning}\n`);
  if (cidFile !== undefined) await context.files.write(cidFile, new TextEncoder().encode(Id));
  return Id;
}

async function createOrPull(call: Call, request: ContainerCreateRequest, pullsMissing: boolean) {
  const { client, flags, signal, context } = call;
  const create = () =>
    client.json<ContainerCreateResponse>("POST", "/containers/create", {
      query: { name: flags.text("name"), platform: flags.text("platform") },
      json: request,
      signal,
    });
  try {
    return await create();
  } catch (error) {
    const isMissing = error instanceof ApiError && error.status === 404 && /no such image/i.test(error.reason);
    if (!isMissing || !pullsMissing) throw error;
    if (!flags.on("quiet")) {
      const name = familiarString(withDefaultTag(parseReference(request.Image)));
      await context.stderr.write(`Unable to find image '${name}' locally\n`);
    }
    await pull(call, request.Image);
    return await create();
  }
}

async function pull({ client, context, flags, signal }: Call, image: string): Promise<void> {
  await pullImage(client, context, parseReference(image), {
    ...(!flags.on("quiet") && { out: context.stderr, terminal: context.terminal.stderr }),
    platform: flags.text("platform"),
    signal,
  });
}

async function refuseExisting({ context }: Call, path: string): Promise<void> {
  const exists = await readFile(context, path).then(
    () => true,
    () => false,
  );
  if (exists)
    throw new CommandFailure(`container ID file found, make sure the other container isn't running or delete ${path}`);
}
