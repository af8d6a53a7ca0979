/** /etc/hosts, /etc/hostname and /etc/resolv.conf of a container. */

import { formatAddress } from "../../shared/network/ipv4.js";
import { NAME_SERVER } from "../../shared/network/link-calls.js";
import type { ContainerConfigJSON, HostConfigJSON } from "../api/types.js";
import { isUserDefined, type Membership } from "../networks/network.js";
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
  memberships: readonly Membership[] = [],
): { path: string; text: string }[] {
  const extra = (host.ExtraHosts ?? []).map(parseExtraHost).map(({ name, address }) => `${address}\t${name}\n`);
  const names = Domainname ? `${Hostname}.${Domainname} ${Hostname}` : Hostname;
  const own = memberships.flatMap(({ endpoint }) =>
    endpoint ? [`${formatAddress(endpoint.attachment.address)}\t${names}\n`] : [],
  );
  return [
    { path: "/etc/hostname", text: `${Hostname}${Domainname ? `.${Domainname}` : ""}\n` },
    { path: "/etc/hosts", text: LOOPBACK + extra.join("") + own.join("") },
    { path: "/etc/resolv.conf", text: resolvers(host, memberships) },
  ];
}

/**
 * In a network, the engine's name server answers: on Docker's default one it knows no names, but the container may be
 * connected to another one while it runs. Servers that are asked for are asked themselves there, as with Docker.
 */
function resolvers({ Dns, DnsSearch, DnsOptions }: HostConfigJSON, memberships: readonly Membership[]): string {
  const isUsers = memberships.some(({ network }) => network && isUserDefined(network));
  const asked = Dns ?? [];
  const servers = memberships.length > 0 && (isUsers || asked.length === 0) ? [formatAddress(NAME_SERVER)] : asked;
  const options = [...(DnsOptions ?? []), ...(isUsers ? ["ndots:0"] : [])];
  const lines = servers.map((address) => `nameserver ${address}`);
  if (DnsSearch?.length) lines.push(`search ${DnsSearch.join(" ")}`);
  if (options.length > 0) lines.push(`options ${options.join(" ")}`);
  return lines.map((line) => `${line}\n`).join("");
}
