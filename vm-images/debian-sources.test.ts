import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import {
  formatSource,
  machineCodename,
  machineSources,
  parseDeb822,
  parseOneLine,
  sourceFor,
} from "./debian-sources.js";

const main = {
  uris: ["http://mirror.example/debian"],
  suites: ["bookworm", "bookworm-updates"],
  components: ["main"],
  options: [["Signed-By", "/usr/share/keyrings/debian-archive-keyring.gpg"]] as [string, string][],
};
const security = { ...main, uris: ["http://mirror.example/debian-security"], suites: ["bookworm-security"] };

test("one-line sources", () => {
  const text = [
    "# deb http://mirror.example/old bookworm main",
    "deb [arch=amd64 signed-by=/k.gpg check-valid-until=no] http://mirror.example/debian bookworm main contrib # x",
    "deb-src http://mirror.example/debian bookworm main",
  ].join("\n");
  expect(parseOneLine(text)).toEqual([
    {
      uris: ["http://mirror.example/debian"],
      suites: ["bookworm"],
      components: ["main", "contrib"],
      options: [
        ["Signed-By", "/k.gpg"],
        ["Check-Valid-Until", "no"],
      ],
    },
  ]);
});

test("deb822 sources: comments inside, folded fields, disabled and source-only stanzas", () => {
  const text = `Types: deb
# a comment
URIs: http://mirror.example/debian
Suites: bookworm
  bookworm-updates
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Enabled: no
Types: deb
URIs: http://mirror.example/off
Suites: bookworm
Components: main

Types: deb-src
URIs: http://mirror.example/src
Suites: bookworm
Components: main
`;
  expect(parseDeb822(text)).toEqual([main]);
});

test("what is written is what is read", () => {
  expect(parseDeb822(formatSource(main, "deb"))).toEqual([main]);
  expect(formatSource(main, "deb-src")).toContain("Types: deb-src");
});

test("others' archives are left out", () => {
  const etc = mkdtempSync(join(tmpdir(), "drydock-apt-"));
  mkdirSync(join(etc, "sources.list.d"));
  writeFileSync(join(etc, "sources.list"), "deb http://mirror.example/debian bookworm main\n");
  writeFileSync(join(etc, "sources.list.d", "debian.sources"), formatSource(security, "deb"));
  for (const [name, line] of [
    ["engine", "deb http://other.example/linux/debian bookworm stable"],
    ["cloud", "deb http://other.example/apt cloud-sdk-bookworm main"],
    ["keyed", "deb [signed-by=/usr/share/keyrings/other.gpg] http://other.example/apt bookworm main"],
  ])
    writeFileSync(join(etc, "sources.list.d", `${name}.list`), `${line}\n`);
  writeFileSync(join(etc, "sources.list.d", "off.list.disabled"), "deb http://mirror.example/debian bookworm main\n");
  expect(machineSources("bookworm", etc).map(({ suites }) => suites)).toEqual([["bookworm"], ["bookworm-security"]]);
  expect(machineSources("trixie", etc)).toEqual([]);
});

test("another release is asked of the archive of the same kind", () => {
  expect(sourceFor([main, security], "trixie")).toMatchObject({ uris: main.uris, suites: ["trixie"] });
  expect(sourceFor([main, security], "trixie-security")).toMatchObject({ uris: security.uris });
  expect(sourceFor([main], "trixie-security")).toBeUndefined();
});

test("code name", () => {
  expect(machineCodename("ID=debian\nVERSION_CODENAME=bookworm\n")).toBe("bookworm");
  expect(() => machineCodename("ID=debian\n")).toThrow("VERSION_CODENAME");
});
