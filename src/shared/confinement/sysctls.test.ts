import { expect, test } from "vitest";
import type { NamespaceType } from "../oci/runtime.js";
import { checkSysctl, sysctlNamespace, sysctlPath } from "./sysctls.js";

test.each([
  ["net.ipv4.ip_forward", "net/ipv4/ip_forward"],
  ["net/ipv4/ip_forward", "net/ipv4/ip_forward"],
  ["net.ipv4.conf.eno2/100.rp_filter", "net/ipv4/conf/eno2.100/rp_filter"],
  ["net/ipv4/conf/eno2.100/rp_filter", "net/ipv4/conf/eno2.100/rp_filter"],
  ["kernel.shm_rmid_forced", "kernel/shm_rmid_forced"],
  ["sole", "sole"],
])("%s is %s", (key, path) => expect(sysctlPath(key)).toBe(path));

test.each([
  "",
  ".",
  "/",
  "..",
  "/proc/sys/net/ipv4/ip_forward",
  "net/../kernel/core_pattern",
  "net.//.kernel.core_pattern",
  "net.ipv4./.x",
  "net/./x",
  "net..ipv4",
  "net.ipv4.",
  "net.ipv4\0",
  "net.ipv4.ip_forward\n",
  "net.ipv4 .x",
])("%j names no parameter", (key) => expect(() => sysctlPath(key)).toThrow(`linux.sysctl ${JSON.stringify(key)}: `));

test.each([
  ["kernel.msgmax", "ipc"],
  ["kernel.msgmnb", "ipc"],
  ["kernel.msgmni", "ipc"],
  ["kernel.sem", "ipc"],
  ["kernel.shmall", "ipc"],
  ["kernel.shmmax", "ipc"],
  ["kernel.shmmni", "ipc"],
  ["kernel/shm_rmid_forced", "ipc"],
  ["fs.mqueue.msg_max", "ipc"],
  ["net.core.somaxconn", "network"],
  ["net/ipv4/ip_forward", "network"],
  ["kernel.domainname", "uts"],
  ["kernel.hostname", undefined],
  // K3 of the cases.
  ["kernel.core_pattern", undefined],
  ["kernel.panic", undefined],
  ["kernel.sem.x", undefined],
  ["fs.mqueue", undefined],
  ["fs.file-max", undefined],
  ["network.x", undefined],
  ["user.max_user_namespaces", undefined],
  ["vm.swappiness", undefined],
])("%s belongs to %s", (key, namespace) => expect(sysctlNamespace(key)).toBe(namespace));

const all: NamespaceType[] = ["ipc", "network", "uts", "mount", "pid"];
test.each<[string, NamespaceType[], string | undefined]>([
  ["kernel.sem", all, undefined],
  ["kernel.domainname", all, undefined],
  ["kernel.sem", ["network"], "not allowed: the container shares the ipc namespace"],
  ["net.core.somaxconn", ["ipc"], "not allowed: the container shares the network namespace"],
  ["kernel.hostname", all, 'linux.sysctl "kernel.hostname": set the container\'s hostname instead'],
  ["kernel.core_pattern", all, 'linux.sysctl "kernel.core_pattern": not in a separate kernel namespace'],
])("%s with %j: %s", (key, own, message) => {
  if (message) expect(() => checkSysctl(key, own)).toThrow(message);
  else expect(() => checkSysctl(key, own)).not.toThrow();
});
