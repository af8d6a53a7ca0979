import { expect, test } from "vitest";
import { docker, failure, nothing } from "./fakes/scripted-engine.js";
import { parseNetwork } from "./network-flag.js";

const network = (Name: string, Driver = "bridge") => ({
  ...{ Name, Driver, Id: `${Name}0123456789abcdef`.padEnd(64, "0"), Created: "2026-11-25T00:00:00Z", Scope: "local" },
  ...{ EnableIPv4: true, EnableIPv6: false, Internal: false, Labels: { a: "b" } },
});

test("network ls, sorted; by template; ids alone", async () => {
  const script = { "GET /networks": [network("none", "null"), network("net10"), network("net2")] };
  expect((await docker("network ls", script)).stdout).toBe(
    [
      "NETWORK ID     NAME      DRIVER    SCOPE",
      "net201234567   net2      bridge    local",
      "net100123456   net10     bridge    local",
      "none01234567   none      null      local",
      "",
    ].join("\n"),
  );
  expect((await docker(["network", "ls", "--format", "{{.Name}} {{.Internal}} {{.Labels}}"], script)).stdout).toBe(
    "net2 false a=b\nnet10 false a=b\nnone false a=b\n",
  );
  const quiet = await docker("network list -q -f driver=null", script);
  expect(quiet.requests).toEqual(['GET /networks?filters={"driver":{"null":true}}']);
  expect(quiet.stdout).toMatch(/^net201234567\n/);
});

test("network create", async () => {
  const script = { "POST /networks/create": { Id: "1234", Warning: "" } };
  const argv =
    "network create --subnet 10.1.0.0/16 --gateway 10.1.0.1 --ip-range 10.1.2.0/24 --internal --label a=b own";
  const { stdout, requests } = await docker(argv, script);
  expect(stdout).toBe("1234\n");
  expect(JSON.parse(requests[0]!.slice(requests[0]!.indexOf("{")))).toMatchObject({
    Name: "own",
    Driver: "bridge",
    Internal: true,
    IPAM: { Driver: "default", Config: [{ Subnet: "10.1.0.0/16", IPRange: "10.1.2.0/24", Gateway: "10.1.0.1" }] },
    Labels: { a: "b" },
  });
  expect((await docker("network create --config-only x", script)).stderr).toBe(
    "docker network create: --config-only is not supported by Drydock: a network's settings are its own\n",
  );
});

test("network connect, disconnect, inspect, rm, prune", async () => {
  const script = {
    "POST /networks/own/connect": () => new Response(""),
    "POST /networks/own/disconnect": () => new Response(""),
    "GET /networks/own": network("own"),
    "DELETE /networks/own": nothing,
    "DELETE /networks/nope": () => failure(404, "network nope not found"),
    "POST /networks/prune": { NetworksDeleted: ["a", "b"] },
  };
  const connected = await docker("network connect --alias db --ip 10.1.0.5 own web", script);
  expect(connected).toMatchObject({ status: 0, stdout: "" });
  expect(connected.requests).toEqual([
    'POST /networks/own/connect {"Container":"web","EndpointConfig":{"Aliases":["db"],"IPAMConfig":{"IPv4Address":"10.1.0.5"}}}',
  ]);
  expect((await docker("network disconnect -f own web", script)).requests).toEqual([
    'POST /networks/own/disconnect {"Container":"web","Force":true}',
  ]);
  expect((await docker("network inspect -f {{.Name}} own", script)).stdout).toBe("own\n");
  expect(await docker("network rm own nope", script)).toMatchObject({
    status: 1,
    stdout: "own\n",
    stderr: "Error response from daemon: network nope not found\n",
  });
  expect((await docker("network rm -f nope", script)).status).toBe(0);
  expect((await docker("network prune -f", script)).stdout).toBe("Deleted Networks:\na\nb\n\n");
  expect((await docker("network prune", script, { stdin: "n\n" })).stdout).toMatch(
    /^WARNING! This will remove all custom networks not used by at least one container\.\n/,
  );
});

test("what run asks for of networks", async () => {
  const script = { "POST /containers/create": { Id: "1234", Warnings: [] }, "POST /containers/1234/start": nothing };
  const ask = async (flags: string) => {
    const { requests, stderr } = await docker(`run -d ${flags} busybox`, script);
    if (requests.length === 0) return stderr;
    const { HostConfig, NetworkingConfig } = JSON.parse(requests[0]!.slice(requests[0]!.indexOf("{")));
    const { NetworkMode, Dns, DnsSearch, DnsOptions, ExtraHosts } = HostConfig;
    return { NetworkMode, Dns, DnsSearch, DnsOptions, ExtraHosts, ...NetworkingConfig.EndpointsConfig };
  };
  expect(await ask("--name a")).toEqual({ NetworkMode: "default", default: {} });
  expect(await ask("--network one --network-alias a --ip 10.0.0.1 --network name=two,alias=b,ip=10.0.1.1")).toEqual({
    NetworkMode: "one",
    one: { Aliases: ["a"], IPAMConfig: { IPv4Address: "10.0.0.1" } },
    two: { Aliases: ["b"], IPAMConfig: { IPv4Address: "10.0.1.1" } },
  });
  expect(
    await ask("--dns 1.1.1.1 --dns-search d --dns-option ndots:1 --add-host a:1.2.3.4 --add-host b=host-gateway"),
  ).toMatchObject({
    ...{ Dns: ["1.1.1.1"], DnsSearch: ["d"], DnsOptions: ["ndots:1"] },
    ExtraHosts: ["a:1.2.3.4", "b:host-gateway"],
  });
  expect(await ask("--network name=one,alias=a --network-alias b")).toContain("cannot specify both --network-alias");
  expect(await ask("--add-host a")).toContain('bad format for add-host: "a"');
});

test.each(["name=", "alias=a", "name=a,mtu=5", "name=a,alias"])("--network %s is refused", (text) => {
  expect(() => parseNetwork(text)).toThrow();
});
