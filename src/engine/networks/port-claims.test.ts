import { expect, test } from "vitest";
import { planPorts } from "./plan-ports.js";
import { PortClaims } from "./port-claims.js";

const ANY = ["0.0.0.0", "::"];
const request = (first: number, last = first) => ({ first, last, containerPort: 80 });

test("a port is one owner's at an address that overlaps", () => {
  const claims = new PortClaims();
  expect(claims.claim("a", ["127.0.0.1"], request(80))).toEqual([
    { address: "127.0.0.1", port: 80, containerPort: 80 },
  ]);
  expect(() => claims.claim("b", ANY, request(80))).toThrow("Bind for 0.0.0.0:80 failed: port is already allocated");
  expect(claims.claim("b", ["127.0.0.2"], request(80))).toHaveLength(1);
  expect(claims.claim("b", ["::"], request(80))).toHaveLength(1);
  expect(() => claims.claim("c", ["::"], request(80))).toThrow("Bind for :::80 failed: port is already allocated");
  claims.release("a");
  claims.release("b");
  expect(claims.claim("c", ANY, request(80))).toHaveLength(2);
  expect(claims.ownerOf(80)).toBe("c");
});

test("any port, or one of a range", () => {
  const claims = new PortClaims();
  const ports = [request(0), request(0), request(8000, 8001), request(8000, 8001)].map(
    (each) => claims.claim("a", ANY, each)[0]!.port,
  );
  expect(ports).toEqual([32768, 32769, 8000, 8001]);
  expect(() => claims.claim("a", ANY, request(8000, 8001))).toThrow("all ports are allocated");
});

test("what a configuration publishes", () => {
  const host = { PortBindings: { "80/tcp": [{ HostPort: "8080" }, { HostIp: "127.0.0.1" }] }, PublishAllPorts: true };
  const exposed = { ExposedPorts: { "80/tcp": {}, "90-91": {}, "53/udp": {} } };
  expect(planPorts(host, exposed).map((port) => [port.addresses, port.first, port.last, port.containerPort])).toEqual([
    [ANY, 8080, 8080, 80],
    [["127.0.0.1"], 0, 0, 80],
    [ANY, 0, 0, 90],
    [ANY, 0, 0, 91],
  ]);
});

test.each([
  ["53/udp", {}, "publishing UDP ports is not supported, only TCP: 53/udp"],
  ["0/tcp", {}, 'invalid port specification: "0/tcp"'],
  ["80/tcp", { HostPort: "99999" }, 'invalid port specification: "99999"'],
  ["80/tcp", { HostPort: "20-10" }, 'invalid port specification: "20-10"'],
  ["80/tcp", { HostIp: "fe80::1" }, "invalid IP address fe80::1"],
])("%s %j is refused", (port, binding, message) => {
  expect(() => planPorts({ PortBindings: { [port]: [binding] } }, {})).toThrow(message);
});
