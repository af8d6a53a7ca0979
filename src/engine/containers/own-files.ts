/** /etc/hosts, /etc/hostname and /etc/resolv.conf of a container. */
import type { ContainerConfigJSON, HostConfigJSON } from "../api/types.js";
import { parseExtraHost } from "./host-config.js";

const LOOPBACK = `127.0.0.1\tlocalhost
::1\tlocalhost ip6-localhost ip6-loopback
fe00::\tip6-localnet
ff00::\tip6-mcastprefix
ff02::1\tip6-allnodes
ff02::2\tip6-allrouters
`;

export function ownFiles(
  { Hostname = "", Domainname }: ContainerConfigJSON,
  host: HostConfigJSON,
): { path: string; text: string }[] {
  const extra = (host.ExtraHosts ?? []).map(parseExtraHost).map(({ name, address }) => `${address}\t${name}\n`);
  return [
    { path: "/etc/hostname", text: `${Hostname}${Domainname ? `.${Domainname}` : ""}\n` },
    { path: "/etc/hosts", text: LOOPBACK + extra.join("") },
    { path: "/etc/resolv.conf", text: resolvers(host) },
  ];
}

function resolvers({ Dns, DnsSearch, DnsOptions }: HostConfigJSON): string {
  const lines = (Dns ?? []).map((address) => `nameserver ${address}`);
  if (DnsSearch?.length) lines.push(`search ${DnsSearch.join(" ")}`);
  if (DnsOptions?.length) lines.push(`options ${DnsOptions.join(" ")}`);
  return lines.map((line) => `${line}\n`).join("");
}
