import { expect, test } from "vitest";
import { docker } from "./fakes/scripted-engine.js";

const ENGINE = {
  "GET /containers/json?all=1": [{ Names: ["/web"] }, { Names: ["/worker"] }],
  "GET /images/json": [{ RepoTags: ["busybox:latest", "box:v1"] }, { RepoTags: ["<none>:<none>"] }, { RepoTags: null }],
  "GET /volumes": { Volumes: [{ Name: "data" }] },
};

test.each([
  [["ru"], ["run"]],
  [
    ["volume", ""],
    ["create", "inspect", "ls", "prune", "rm", "update"],
  ],
  [
    ["logs", "--t"],
    ["--tail", "--timestamps"],
  ],
  [["--conf"], ["--config"]],
  [
    ["logs", "w"],
    ["web", "worker"],
  ],
  [["logs", "-n", ""], []],
  [["logs", "--tail=3", "web"], ["web"]],
  [["exec", "-it", "we"], ["web"]],
  [["exec", "-it", "web", ""], []],
  [
    ["run", "-it", "--name", "x", "b"],
    ["busybox:latest", "box:v1"],
  ],
  [["run", "busybox:l"], ["busybox:latest"]],
  [["container", "rm", "-f", "wo"], ["worker"]],
  [["image", "inspect", "box"], ["box:v1"]],
  [["volume", "rm", ""], ["data"]],
  [["nothing", ""], []],
  [["version", ""], []],
])("completing %j", async (words, expected) => {
  const { status, stdout, stderr } = await docker(["__complete", ...words], ENGINE);
  expect([status, stderr]).toEqual([0, ""]);
  expect(stdout.split("\n").filter(Boolean)).toEqual(expected);
});

test("an engine that fails completes nothing, without a word", async () => {
  expect(await docker(["__complete", "logs", ""])).toMatchObject({ status: 0, stdout: "", stderr: "" });
});

test("docker completion gives a script for bash, and refuses other shells", async () => {
  const { status, stdout } = await docker("completion bash");
  expect([status, stdout]).toEqual([0, expect.stringContaining("complete -o bashdefault")]);
  expect((await docker("completion zsh")).stderr).toBe(
    "docker completion zsh is not supported by Drydock: the guest's shell is bash\n",
  );
  expect((await docker("completion --help")).stdout).toMatch(/^Usage: {2}docker completion COMMAND\n/);
});
