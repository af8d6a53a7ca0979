import { expect, test } from "vitest";
import { describeContents } from "./contents.js";

const input = {
  recipe: "0123",
  v86: "0.5.462",
  memoryBytes: 512 << 20,
  state: { file: "state.zst", bytes: 9_196_639, rawBytes: 36_149_672, sha256: "ab" },
  parts: [
    { name: "bash", version: "5.2", licence: "GPL-3.0-or-later", use: "shell", bytes: 42, origin: "bash-static" },
    { name: "agent", version: "1", licence: "Apache-2.0", use: "makes containers", bytes: 7 },
  ],
  modules: ["virtio", "ext4"],
  commandLine: "quiet",
};

test("each part has its version, size, licence and origin", () => {
  const text = describeContents(input);
  expect(text).toContain("| bash | 5.2 | 42 | GPL-3.0-or-later | bash-static | shell |");
  expect(text).toContain("| agent | 1 | 7 | Apache-2.0 | this project | makes containers |");
  expect(text).toContain("9,197 KB");
  expect(text).toContain("in load order: virtio, ext4.");
});

test("drift from the lock is told", () => {
  expect(describeContents(input)).toContain("those of packages.lock.json");
  expect(describeContents({ ...input, drift: "packages differ: bash 5.1 → 5.2" })).toContain("bash 5.1 → 5.2");
});
