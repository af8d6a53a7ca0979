import { expect, test } from "vitest";
import { MS_BIND, MS_NODEV, MS_NOEXEC, MS_NOSUID, MS_PRIVATE, MS_RDONLY, MS_REC } from "../linux/constants.js";
import { parseMountOptions } from "./mount-options.js";

test.each<[options: string, flags: number, propagation: number, data: string]>([
  ["", 0, 0, ""],
  ["nosuid,noexec,nodev", MS_NOSUID | MS_NOEXEC | MS_NODEV, 0, ""],
  ["ro,rw", 0, 0, ""],
  ["rw,ro", MS_RDONLY, 0, ""],
  ["nosuid,suid", 0, 0, ""],
  ["rbind,rprivate,ro", MS_BIND | MS_REC | MS_RDONLY, MS_PRIVATE | MS_REC, ""],
  ["bind", MS_BIND, 0, ""],
  ["mode=755,size=65536k,nosuid", MS_NOSUID, 0, "mode=755,size=65536k"],
  ["newinstance,ptmxmode=0666,gid=5", 0, 0, "newinstance,ptmxmode=0666,gid=5"],
  ["defaults,constructor", 0, 0, "constructor"],
])("%s", (options, flags, propagation, data) => {
  expect(parseMountOptions(options === "" ? [] : options.split(","))).toEqual({ flags, propagation, data });
});
