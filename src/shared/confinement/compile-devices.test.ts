import { describe, expect, test } from "vitest";
import type { LinuxDeviceCgroup } from "../oci/runtime.js";
import { randomFrom } from "../testfiles/random.js";
import { compileDevices } from "./compile-devices.js";
import { allDeviceRules, defaultDeviceRules } from "./default-devices.js";
import { Access, runDeviceProgram, unreachable } from "./testfiles/run-device-program.js";

/** `+c 1:* rw`, `-a rwm` */
function rule(text: string): LinuxDeviceCgroup {
  const [, sign, type, major, minor, access] = /^([+-])([abc])(?: ([\d*]+):([\d*]+))? ([rwm]+)$/.exec(text)!;
  const number = (digits: string | undefined) => (digits === undefined || digits === "*" ? undefined : Number(digits));
  const node = { type: type as "a" | "b" | "c", major: number(major), minor: number(minor) };
  return { allow: sign === "+", ...node, access };
}

const accessOf = (letters: string) =>
  [...letters].reduce((sum, letter) => sum | (letter === "r" ? Access.read : letter === "w" ? Access.write : 1), 0);

/** `c 1:3 rw` */
function asks(rules: readonly LinuxDeviceCgroup[], request: string): boolean {
  const [kind, device, access] = request.split(" ") as ["b" | "c", string, string];
  const [major, minor] = device.split(":").map(Number) as [number, number];
  return runDeviceProgram(compileDevices(rules), { kind, major, minor, access: accessOf(access) });
}

test.each<[string[], string, boolean]>([
  [[], "c 1:3 r", false],
  [["+a rwm"], "b 8:0 rwm", true],
  [["-a rwm"], "b 8:0 r", false],
  [["-a rwm", "+c 1:3 rw"], "c 1:3 rw", true],
  [["-a rwm", "+c 1:3 rw"], "c 1:3 w", true],
  [["-a rwm", "+c 1:3 rw"], "c 1:3 rwm", false],
  [["-a rwm", "+c 1:3 rw"], "b 1:3 r", false],
  [["-a rwm", "+c 1:3 rw"], "c 1:5 r", false],
  [["-a rwm", "+c 1:3 r", "+c 1:3 w"], "c 1:3 rw", true],
  [["-a rwm", "+c 1:* r", "+c 1:3 w"], "c 1:3 rw", true],
  [["-a rwm", "+c 1:* r", "+c 1:3 w"], "c 1:5 rw", false],
  [["-a rwm", "+c *:3 r"], "c 9:3 r", true],
  [["-a rwm", "+c *:3 r"], "c 9:4 r", false],
  [["+c 1:3 rwm", "-a rwm"], "c 1:3 r", false],
  [["+a rwm", "-b 8:0 w"], "b 8:0 r", true],
  [["+a rwm", "-b 8:0 w"], "b 8:0 rw", false],
  [["+a rwm", "-b 8:0 w"], "b 8:1 rw", true],
  [["+a rwm", "-b *:* rwm", "+b 8:0 r"], "b 8:0 r", true],
  [["+a rwm", "-b *:* rwm", "+b 8:0 r"], "b 8:0 w", false],
  [["+c 1:3 rwm", "-c 1:3 m"], "c 1:3 rw", true],
  [["+c 1:3 rwm", "-c 1:3 m"], "c 1:3 m", false],
  [["-c 1:3 m", "+c 1:3 rwm"], "c 1:3 m", true],
  [["+b 4294967295:2147483648 r"], "b 4294967295:2147483648 r", true],
  [["+b 4294967295:2147483648 r"], "b 4294967295:0 r", false],
  [["-a 1:3 r", "+c 1:3 r"], "c 1:3 r", true],
  [["+a 1:3 r"], "b 8:0 rwm", true],
])("%j: %s is %s", (rules, request, allowed) => expect(asks(rules.map(rule), request)).toBe(allowed));

test("a type that is left out is every device, and -1 is any number", () => {
  expect(asks([{ allow: true, access: "rwm" }], "b 8:0 rwm")).toBe(true);
  expect(asks([{ allow: true, type: "c", major: -1, minor: 3, access: "r" }], "c 200:3 r")).toBe(true);
});

test.each<[object, string]>([
  [{ type: "x" }, 'linux.resources.devices[0].type "x": not a, b or c'],
  [{ access: "rx" }, 'linux.resources.devices[0].access "rx": not letters of rwm'],
  [{ access: "" }, 'linux.resources.devices[0].access "": not letters of rwm'],
  [{ access: undefined }, "linux.resources.devices[0].access (left out): not letters of rwm"],
  [{ major: 2 ** 32 }, "linux.resources.devices[0].major 4294967296: not"],
  [{ minor: -2 }, "linux.resources.devices[0].minor -2: not"],
])("%j is refused", (change, message) => {
  expect(() => compileDevices([{ ...rule("+c 1:3 r"), ...change }])).toThrow(message);
});

describe("Docker's devices", () => {
  test.each([
    ["c 1:3 rwm", true],
    ["c 1:5 rw", true],
    ["c 1:7 w", true],
    ["c 1:8 r", true],
    ["c 1:9 r", true],
    ["c 5:0 rw", true],
    ["c 5:1 rw", true],
    ["c 5:2 rw", true],
    ["c 136:77 rw", true],
    ["c 10:200 rw", true],
    ["c 10:229 rw", false],
    ["c 1:1 r", false],
    ["c 4:64 rw", false],
    // K1 of the cases: the node can be made, not used.
    ["b 8:0 m", true],
    ["b 8:0 r", false],
    ["b 8:0 w", false],
    ["c 10:232 m", true],
  ])("%s: %s", (request, allowed) => expect(asks(defaultDeviceRules(), request)).toBe(allowed));

  test("what --device adds", () => {
    const rules = defaultDeviceRules([rule("+b 8:0 r")]);
    expect(asks(rules, "b 8:0 r")).toBe(true);
    expect(asks(rules, "b 8:0 w")).toBe(false);
  });

  test("a privileged container has them all", () => expect(asks(allDeviceRules(), "b 8:0 rwm")).toBe(true));

  test("the programs are small", () => {
    expect(compileDevices(defaultDeviceRules()).length / 8).toBeLessThan(40);
    expect(compileDevices(allDeviceRules()).length / 8).toBe(2);
  });
});

/** Each access by the last rule that names it. */
function naive(rules: readonly LinuxDeviceCgroup[], kind: string, major: number, minor: number, access: number) {
  const fits = (wanted: number, found?: number) => found === undefined || found === wanted;
  const isAllowed = (letter: string) =>
    rules.findLast(
      (one) =>
        one.type === "a" ||
        (one.type === kind && fits(major, one.major) && fits(minor, one.minor) && one.access!.includes(letter)),
    )?.allow ?? false;
  return [..."mrw"].every((letter, bit) => !(access & (1 << bit)) || isAllowed(letter));
}

test.each(Array.from({ length: 40 }, (_, i) => [i + 1]))("random rules, seed %d", (seed) => {
  const random = randomFrom(seed);
  const rules = Array.from({ length: random.below(12) }, () => ({
    allow: random.once(2),
    type: random.of(["a", "b", "c", "b", "c", "c", "c", "c"] as const),
    major: random.of([undefined, 1, 2]),
    minor: random.of([undefined, 1, 2, 3]),
    access: random.of(["r", "w", "m", "rw", "rm", "rwm", "rwm", "rwm"]),
  }));
  const program = compileDevices(rules);
  expect(unreachable(program)).toEqual([]);
  for (const kind of ["b", "c"] as const)
    for (const major of [1, 2, 3])
      for (const minor of [1, 2, 3, 4])
        for (let access = 1; access < 8; access++)
          expect(runDeviceProgram(program, { kind, major, minor, access }), `${kind} ${major}:${minor} ${access}`).toBe(
            naive(rules, kind, major, minor, access),
          );
});
