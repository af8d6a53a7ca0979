/** What RUN mounts are on the real kernel. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Headless, openHeadless } from "../../node/headless.js";
import { tarOf } from "../fakes/fake-build.js";
import type { LayerReport } from "../layers/layer-report.js";

let headless: Headless;
beforeAll(async () => {
  headless = await openHeadless();
  expect((await ask("POST", "/images/create?fromImage=busybox&tag=latest")).status).toBe(200);
});
afterAll(() => headless?.dispose());

function ask(method: string, path: string, body?: Uint8Array, headers: Record<string, string> = {}): Promise<Response> {
  return headless.core.engine.fetch(
    new Request(`http://drydock${path}`, { method, headers, body: body as BodyInit | undefined }),
  );
}

/** @returns what the steps printed. @throws {Error} the build's own. */
async function build(files: Parameters<typeof tarOf>[0], secrets?: object, query = ""): Promise<string> {
  const headers = secrets ? { "Drydock-Build-Secrets": JSON.stringify(secrets) } : undefined;
  const response = await ask("POST", `/build?t=made&trace=1${query}`, tarOf(files), headers);
  const messages = (await response.text())
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  const error = messages.at(-1)?.error;
  if (error !== undefined) throw new Error(error);
  return messages.flatMap(({ aux }) => (aux?.type === "output" ? [aux.text] : [])).join("");
}

const changed = async (): Promise<string[]> => {
  const layers: LayerReport[] = await (await ask("GET", "/drydock/images/made/layers")).json();
  return layers.at(-1)!.changes.map(({ path }) => path);
};

test("bind mounts of the context and of a stage are read-only, and leave nothing in the layer", async () => {
  const printed = await build({
    Dockerfile: `FROM busybox AS one
RUN mkdir -p /made/deep && echo one >/made/deep/f && ln -s deep /made/link
FROM busybox
RUN --mount=target=/src/in --mount=from=one,source=/made,target=/one --mount=from=one,source=/made/link/f,target=/etc/f \\
  cat /src/in/d/f /one/link/f /etc/f; echo no >/src/in/d/f; echo no >/one/x; echo yes >/out; ls -a /src
`,
    "d/f": "context\n",
  });
  expect(printed).toContain("context\none\none\n");
  expect(printed.match(/Read-only file system/g)).toHaveLength(2);
  expect(await changed()).toEqual(["/out"]);
});

test("a cache mount lasts from one build to the next, and no layer has it", async () => {
  const Dockerfile = (n: number) =>
    `FROM busybox\nRUN --mount=type=cache,target=/root/.cache/x cat /root/.cache/x/f; echo ${n} >/root/.cache/x/f\n`;
  await build({ Dockerfile: Dockerfile(1) });
  expect(await build({ Dockerfile: Dockerfile(2) })).toBe("1\n");
  expect(await changed()).toEqual([]);
  expect((await ask("POST", "/build/prune")).status).toBe(200);
  expect(await build({ Dockerfile: Dockerfile(3) })).toContain("No such file");
});

test("secrets are the process's own, with mode and owner; tmpfs has its size", async () => {
  const printed = await build(
    {
      Dockerfile: `FROM busybox
RUN --mount=type=secret,id=token --mount=type=secret,id=hosts,target=/k,uid=5,gid=6,mode=0440,env=K \\
  --mount=type=tmpfs,target=/t,size=1m \\
  cat /run/secrets/token /k; echo $K; stat -c '%a %u %g %n' /run/secrets/token /k; df -k /t | tail -1; grep -c localhost /etc/hosts
`,
    },
    { token: btoa("s3cret\n"), hosts: btoa("key\n") },
  );
  expect(printed).toContain("s3cret\nkey\nkey\n400 0 0 /run/secrets/token\n440 5 6 /k\n");
  expect(printed).toMatch(/tmpfs +1024 .*\/t\n/);
  expect(await changed()).toEqual([]);
});

test("a script is run by what it names", async () => {
  const Dockerfile = `FROM busybox
RUN <<EOF
#!/bin/awk -f
BEGIN { print "awk", 1 + 1 }
EOF
USER 5:6
RUN <<-EOF
	#!/bin/sh
	id -u; ls -l /dev/pipes/EOF
EOF
`;
  const printed = await build({ Dockerfile }).catch((error: Error) => error.message);
  expect(printed).toMatch(/awk 2\n5\n-rwxr-xr-x/);
  expect(await changed()).toEqual([]);
});
