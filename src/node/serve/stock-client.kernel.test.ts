/** The stock `docker` drives the engine over `drydock serve`'s socket. Where it is not installed, there is nothing to run. */
import { execFile, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Headless, openHeadless } from "../headless.js";
import { createEngineServer } from "./engine-server.js";
import { listenOnSocket } from "./listen.js";

const isInstalled = spawnSync("docker", ["--version"]).status === 0;

describe.skipIf(!isInstalled)("the stock client (skipped where no docker is on the PATH)", () => {
  const folder = mkdtempSync(join(tmpdir(), "drydock-stock-"));
  let headless: Headless;
  let server: Server;
  let address: string;
  beforeAll(async () => {
    headless = await openHeadless();
    server = createEngineServer(headless.core.engine);
    address = await listenOnSocket(server, join(folder, "s.sock"));
    expect(await docker("pull -q busybox")).toMatchObject({ status: 0 });
  });
  afterAll(() => {
    server?.close().closeAllConnections();
    headless?.dispose();
    rmSync(folder, { recursive: true });
  });

  function docker(words: string | string[], input = ""): Promise<{ status: number; stdout: string; stderr: string }> {
    const argv = ["-H", address, ...(typeof words === "string" ? words.split(" ") : words)];
    const env = { ...process.env, DOCKER_CONFIG: folder, DOCKER_BUILDKIT: "0" };
    return new Promise((resolve) => {
      const child = execFile("docker", argv, { env }, (error, stdout, stderr) =>
        resolve({ status: error ? Number(error.code) : 0, stdout, stderr }),
      );
      child.stdin!.end(input);
    });
  }

  test("runs with input, output and exit code; executes; attaches", async () => {
    const script = "cat; echo err >&2; exit 7";
    expect(await docker(["run", "--rm", "-i", "busybox", "sh", "-c", script], "hello\n")).toEqual({
      status: 7,
      stdout: "hello\n",
      stderr: "err\n",
    });
    await docker("run -d --name bg busybox sleep 1000");
    expect(await docker("exec -i bg cat", "through")).toMatchObject({ status: 0, stdout: "through" });
    expect((await docker(["exec", "bg", "sh", "-c", "exit 5"])).status).toBe(5);
    expect(await docker("exec -d bg true")).toMatchObject({ status: 0 });
    const attached = docker("attach --no-stdin bg");
    expect((await docker("stop -t 0 bg")).stdout).toBe("bg\n");
    expect((await attached).status).toBe(137);
    expect((await docker("rm bg")).stdout).toBe("bg\n");
  });

  test("builds, with the stream it prints, and quietly", async () => {
    writeFileSync(join(folder, "Dockerfile"), "FROM busybox\nRUN echo built\n");
    const built = await docker(["build", "-t", "app", folder]);
    expect(built.stdout).toMatch(
      /Step 2\/2 : RUN echo built\nbuilt\nSuccessfully built \w{12}\nSuccessfully tagged app:latest\n$/,
    );
    const { stdout } = await docker(["image", "inspect", "-f", "{{.Id}}", "app"]);
    expect((await docker(["build", "-q", folder])).stdout).toBe(stdout);
    expect((await docker(["build", "--memory", "50m", folder])).stderr).toContain("memory is not supported");
  });

  test("disk usage, events, filters and prunes", async () => {
    await docker(["run", "--name", "writer", "-v", "data:/d", "busybox", "sh", "-c", "echo 12345 >/d/f; echo 1 >/own"]);
    expect((await docker(["system", "df", "--format", "{{.Type}} {{.TotalCount}} {{.Size}}"])).stdout).toMatch(
      /^Images \d \S+\nContainers 1 2B\nLocal Volumes 1 6B\nBuild Cache/,
    );
    expect((await docker("system df -v")).stdout).toMatch(/\ndata +1 +6B\n/);
    expect((await docker(["ps", "-a", "--filter", "nope=1"])).status).toBe(1);
    expect((await docker("container prune -f")).stdout).toContain("Total reclaimed space: 2B");
    expect((await docker("volume prune -af --filter label!=none")).stdout).toContain("Total reclaimed space: 6B");
    const events = await docker([
      "events",
      "--since",
      "1",
      "--until",
      String(Date.now() / 1000 + 1),
      "--filter",
      "volume=data",
      "--format",
      "{{.Action}}",
    ]);
    expect(events.stdout).toBe("create\nmount\nunmount\ndestroy\n");
  });

  test("a health check, from unhealthy to healthy", async () => {
    const check = ["--health-cmd", "test -f /ok", "--health-interval", "500ms", "--health-retries", "1"];
    await docker(["run", "-d", "--name", "checked", ...check, "busybox", "sleep", "1000"]);
    const becomes = (status: string) =>
      expect
        .poll(async () => (await docker(["ps", "--filter", `health=${status}`, "--format", "{{.Status}}"])).stdout, {
          timeout: 60_000,
        })
        .toContain(`(${status})`);
    await becomes("unhealthy");
    await docker("exec checked touch /ok");
    await becomes("healthy");
    await docker("rm -f checked");
  });

  test("a script that cannot be executed: as under runc, with the reason for CRLF", async () => {
    writeFileSync(join(folder, "crlf"), "#!/bin/sh\r\necho\r\n", { mode: 0o755 });
    writeFileSync(join(folder, "bare"), "echo hi\n", { mode: 0o755 });
    writeFileSync(join(folder, "nox"), "#!/bin/sh\n", { mode: 0o644 });
    writeFileSync(join(folder, "Dockerfile"), "FROM busybox\nCOPY crlf bare nox /s/\n");
    await docker(["build", "-t", "scripts", folder]);
    const crlf =
      'exec /s/crlf: no such file or directory\ndrydock: /s/crlf has lines that end in \\r\\n: it asks for "/bin/sh\\r"\n';
    const bare = "exec /s/bare: exec format error\n";
    expect(await docker("run --rm scripts /s/crlf")).toEqual({ status: 255, stdout: "", stderr: crlf });
    expect(await docker("run --rm scripts /s/bare")).toEqual({ status: 255, stdout: "", stderr: bare });
    expect(await docker("run --rm scripts /s/nox")).toMatchObject({ status: 126 });
    await docker("run -d --name bg scripts sleep 1000");
    expect(await docker("exec bg /s/crlf")).toEqual({ status: 255, stdout: "", stderr: crlf });
    expect(await docker("exec bg /s/bare")).toEqual({ status: 255, stdout: "", stderr: bare });
    expect(await docker("exec bg /s/nox")).toMatchObject({ status: 126 });
    expect(await docker("rm -f bg")).toMatchObject({ status: 0, stdout: "bg\n" });
  });
});
