/** What the stock client of 28.2 prints of documents that lack almost everything. */
import { expect, test } from "vitest";
import { docker } from "./fakes/scripted-engine.js";

const script = {
  "GET /containers/x/json": { Id: "x", State: {}, Config: { Labels: null }, HostConfig: {}, NetworkSettings: {} },
  "GET /images/x/json": { Id: "x", Config: {}, RootFS: {}, GraphDriver: {} },
  "GET /volumes/x": { Name: "x" },
};

const print = async (command: string, template: string) => {
  const { stdout, stderr } = await docker([command, "inspect", "-f", template, "x"], script);
  return (stdout.replace(/\n$/, "") + stderr).trimEnd();
};

test.each([
  ["Config.Env", "[]", "null"],
  ["Config.User", "", '""'],
  ["Config.Volumes", "map[]", "null"],
  ["Config.Labels", "map[]", "null"],
  ["Config.Healthcheck", "<nil>", "null"],
  ["Config.OnBuild", "[]", "null"],
  ["Config.StopTimeout", "<nil>", "null"],
  ["Config.Tty", "false", "false"],
  ["HostConfig.Binds", "[]", "null"],
  ["HostConfig.CapAdd", "[]", "null"],
  ["HostConfig.Memory", "0", "0"],
  ["HostConfig.LogConfig.Config", "map[]", "null"],
  ["HostConfig.RestartPolicy.Name", "", '""'],
  ["HostConfig.PidsLimit", "<nil>", "null"],
  ["HostConfig.DNS", "[]", "null"],
  ["HostConfig.CPUShares", "0", "0"],
  ["HostConfig.Tmpfs", "map[]", "null"],
  ["State.Health", "<nil>", "null"],
  ["State.Pid", "0", "0"],
  ["ID", "x", '"x"'],
  ["Id", "x", '"x"'],
  ["Mounts", "[]", "null"],
  ["NetworkSettings.Ports", "map[]", "null"],
  ["SizeRw", "<nil>", "null"],
])("container .%s", async (member, text, json) => {
  expect([await print("container", `{{.${member}}}`), await print("container", `{{json .${member}}}`)]).toEqual([
    text,
    json,
  ]);
});

test.each([
  ["image", "RepoTags", "[]"],
  ["image", "Config.Cmd", "[]"],
  ["image", "Config.Healthcheck", "<nil>"],
  ["image", "Config.Labels", "map[]"],
  ["image", "RootFS.Layers", "[]"],
  ["image", "Author", ""],
  ["volume", "Labels", "map[]"],
  ["volume", "UsageData", "<nil>"],
])("%s .%s", async (kind, member, text) => expect(await print(kind, `{{.${member}}}`)).toBe(text));

test("absent values in functions, conditions and loops", async () => {
  const template =
    "{{len .Config.Env}} {{range .Config.Env}}x{{end}}{{if .Config.Healthcheck}}y{{else}}n{{end}} " +
    '{{index .Config.Labels "a"}}. {{join .Config.Cmd ","}} {{with .State.Health}}{{.Status}}{{end}}{{len .Config.Labels}}';
  expect(await print("container", template)).toBe("0 n .  0");
});

test("a key that a map has not", async () => {
  expect(await print("container", "{{.Config.Labels.foo}} {{.NetworkSettings.Networks.x}}")).toBe(
    "<no value> <no value>",
  );
});

test("what the type does not have is looked for in the JSON, and missed there", async () => {
  const missing = (at: string, path: string, key: string) =>
    `template parsing error: template: :1:${at}: executing "" at <.${path}>: map has no entry for key "${key}"`;
  expect((await print("container", "{{.Nope}}")).trim()).toBe(missing("2", "Nope", "Nope"));
  expect((await print("container", "{{.Config.Healthcheck.Test}}")).trim()).toBe(
    missing("9", "Config.Healthcheck.Test", "Healthcheck"),
  );
});
