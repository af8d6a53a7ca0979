import { expect, test } from "vitest";
import type { ContainerInspect, LayerReport } from "../../session/client.js";
import { hueOf, shelfOf, slabShare, vesselOf } from "./hull-model.js";

const report = (diffID: string | null, instruction: string, size = 0, hiddenBytes = 0): LayerReport =>
  ({
    diffID,
    instruction,
    size,
    hiddenBytes,
    changes: [],
    empty: diffID === null,
    name: "",
    tarBytes: 0,
  }) as LayerReport;

const base = report("sha256:aa00bb", "COPY busybox", 2000);

test("a layer that several images have stands on the shelf once", () => {
  const slabs = shelfOf([
    { name: "busybox", reports: [base] },
    {
      name: "big",
      reports: [base, report(null, "ENV A=1"), report("sha256:cc", "RUN /bin/sh -c dd # buildkit", 20, 20)],
    },
  ]);
  expect(slabs.map(({ diffID, images }) => [diffID, images])).toEqual([
    ["sha256:aa00bb", ["busybox", "big"]],
    ["sha256:cc", ["big"]],
  ]);
  expect(slabs[1]).toMatchObject({ keyword: "RUN", rest: "dd", bytes: 20, hiddenBytes: 20 });
});

test("bytes are hidden only where no image shows them", () => {
  const shown = shelfOf([
    { name: "a", reports: [report("sha256:1", "COPY x", 10, 10)] },
    { name: "b", reports: [report("sha256:1", "COPY x", 10, 0)] },
  ]);
  expect(shown[0]?.hiddenBytes).toBe(0);
});

const inspect = (host: Partial<ContainerInspect["HostConfig"]>) =>
  ({
    ...{ Id: "c1", Name: "/web", Path: "httpd", Args: ["-f"], State: { Pid: 412 } },
    HostConfig: { NetworkMode: "bridge", ...host },
    NetworkSettings: {
      Networks: { bridge: { IPAddress: "172.17.0.2" }, none: { IPAddress: "" } },
      Ports: {
        "80/tcp": [
          { HostIp: "0.0.0.0", HostPort: "8080" },
          { HostIp: "::", HostPort: "8080" },
        ],
        "81/tcp": null,
      },
    },
  }) as unknown as ContainerInspect;

test("a container's walls are its namespaces", () => {
  const kinds = (host: Partial<ContainerInspect["HostConfig"]>) =>
    Object.fromEntries(vesselOf(inspect(host), []).walls.map(({ namespace, kind }) => [namespace, kind]));
  expect(kinds({})).toEqual({
    mnt: "own",
    pid: "own",
    net: "own",
    uts: "own",
    ipc: "own",
    cgroup: "own",
    user: "guest",
  });
  expect(kinds({ PidMode: "host", NetworkMode: "container:abc" })).toMatchObject({ pid: "guest", net: "joined" });
  expect(
    vesselOf(inspect({ IpcMode: "container:0123456789abcdef" }), []).walls.find(({ with: other }) => other),
  ).toEqual({
    ...{ namespace: "ipc", kind: "joined", with: "0123456789ab" },
  });
});

test("a container stands on its image's layers, the topmost first", () => {
  const vessel = vesselOf(
    inspect({ ReadonlyRootfs: true }),
    [base, report(null, "ENV"), report("sha256:2", "RUN x")],
    7,
  );
  expect(vessel).toMatchObject({ name: "web", command: "httpd -f", pid: 412, upperBytes: 7, readOnly: true });
  expect(vessel.networks).toEqual([{ name: "bridge", address: "172.17.0.2" }]);
  expect(vessel.ports).toEqual(["8080 → 80/tcp"]);
  expect(vessel.slabs).toEqual(["sha256:2", "sha256:aa00bb"]);
});

test("small slabs stay to be seen, and colours are the layer's", () => {
  expect(slabShare(100, 10_000)).toBe(0.1);
  expect(slabShare(0, 0)).toBe(0);
  expect(hueOf("sha256:aa00bb")).toBe(hueOf("sha256:aa00bbff"));
  expect(hueOf("nonsense")).toBe(0);
});
