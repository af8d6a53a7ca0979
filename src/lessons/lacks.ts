/** What a lesson asks for and this machine has not, found before it is run. */
import { DEFAULT_DOMAIN, familiarName, parseReference } from "../shared/reference/reference.js";
import { quoted } from "./folder.js";
import type { Lack, LackKind, LessonPage, LessonScript, Place } from "./lesson.js";
import { commandsOf, type LessonNode, walk } from "./markdown/nodes.js";

/** What the machine has. */
export interface MachineFacts {
  /** Repositories that `docker pull` can find, as Docker shows them, such as `busybox`. */
  images: readonly string[];
}

/** This machine, with the images that the site serves. */
export const HERE: MachineFacts = { images: ["busybox", "gcr.io/kuar-demo/kuard-amd64"] };

const NO_INTERNET = "there is no internet here";

/** Programs that want what is not here, by what they want. */
const PROGRAMS: [RegExp, LackKind, string][] = [
  [/^(kubectl|kubeadm|helm|minikube|kind|k3s|oc|crictl|kustomize|istioctl)$/, "cluster", "there is no cluster here"],
  [/^(apt|apt-get|yum|dnf|apk|snap|pip|pip3|npm|yarn|gem|cargo|go)$/, "internet", NO_INTERNET],
  [/^(curl|wget|git|nc|telnet|ssh)$/, "internet", NO_INTERNET],
  [
    /^(python|python3|node|java|ruby|php|jq|make|gcc|systemctl|podman|docker-compose|terraform|ansible)$/,
    "program",
    "",
  ],
];
const REMOTE = /\b(https?|git|ssh):\/\/(?!localhost\b|127\.|\[?::1|port-\d+\.machine\.invalid)|git@/;
const LOCAL = /\b(localhost|127\.\d+\.\d+\.\d+)\b/;

/** What `script` lacks, each kind of message once. */
export function findLacks(facts: MachineFacts, script: string, file: string, firstLine = 1): Lack[] {
  const lacks = new Map<string, Lack>();
  for (const [index, line] of script.split("\n").entries())
    for (const { kind, message } of lacksOfLine(facts, line))
      if (!lacks.has(message)) lacks.set(message, { kind, message, file, line: firstLine + index });
  return [...lacks.values()];
}

export function pageLacks(
  facts: MachineFacts,
  page: { file: string; text: readonly LessonNode[]; scripts: readonly (LessonScript | undefined)[] },
): Lack[] {
  const commands = commandsOf(page.text).flatMap(({ text, line }) => findLacks(facts, text, page.file, line));
  const scripts = page.scripts.flatMap((script) => (script ? findLacks(facts, script.text, script.file) : []));
  return [...commands, ...scripts, ...portLacks(page)];
}

/** The machine of `backend.imageid`, where it is more than a Docker of one node. */
export function imageIdLacks(imageId: string | undefined, place: Place): Lack[] {
  if (!imageId || !/kube|k8s|k3s|cluster|openshift|swarm/i.test(imageId)) return [];
  return [
    { ...place, kind: "cluster", message: `the lesson is made for ${quoted(imageId)}; there is no cluster here` },
  ];
}

function portLacks({ file, text }: Pick<LessonPage, "file"> & { text: readonly LessonNode[] }): Lack[] {
  const ports = new Set<number>();
  walk(text, (node) => {
    if (node.type === "port") ports.add(node.port);
  });
  return [...ports].map((port) => ({
    kind: "ports",
    message: `port ${port} of the machine cannot be opened here`,
    file,
  }));
}

function lacksOfLine(facts: MachineFacts, line: string): { kind: LackKind; message: string }[] {
  return commandsOfLine(line).flatMap((words) => lacksOfCommand(facts, words) ?? []);
}

/** A line's simple commands as words, roughly: quotes stay, comments go. */
function commandsOfLine(line: string): string[][] {
  return line
    .replace(/(^|\s)#.*$/, "")
    .split(/&&|\|\||[;|&(){}`]/)
    .map((command) =>
      command
        .trim()
        .split(/\s+/)
        .filter((word) => !/^(sudo|exec|time|then|do|else|if|while|!|\w+=\S*)$/.test(word)),
    )
    .filter(([program]) => program !== undefined && program !== "");
}

function lacksOfCommand(
  facts: MachineFacts,
  [program, ...rest]: string[],
): { kind: LackKind; message: string } | undefined {
  if (program === "docker") return imageLack(facts, rest);
  const [, kind, why] = PROGRAMS.find(([name]) => name.test(program!)) ?? [];
  if (!kind) return undefined;
  const asked = rest.join(" ");
  if (/^(curl|wget|nc|telnet)$/.test(program!) && (LOCAL.test(asked) || !REMOTE.test(asked))) return undefined;
  if (program === "git" && !/^(clone|pull|fetch|push)\b/.test(asked))
    return { kind: "program", message: "git is not here" };
  return { kind, message: kind === "program" ? `${program} is not here` : `${program}: ${why}` };
}

/** Flags of `docker run` and `create` that take no value; of the others, the next word is the value. */
const FLAG_ALONE =
  /^(-[ditPq]+|--(rm|detach|interactive|tty|init|privileged|read-only|publish-all|quiet|no-healthcheck)|--[^=]+=.*)$/;

function imageLack(facts: MachineFacts, words: string[]): { kind: LackKind; message: string } | undefined {
  const [command, ...rest] = words[0] === "container" || words[0] === "image" ? words.slice(1) : words;
  if (command === "compose" || command === "swarm" || command === "service" || command === "stack")
    return { kind: "program", message: `docker ${command} is not here` };
  if (command !== "run" && command !== "pull" && command !== "create") return undefined;
  let at = 0;
  while (rest[at]?.startsWith("-")) at += FLAG_ALONE.test(rest[at]!) ? 1 : 2;
  return rest[at] === undefined ? undefined : imageIsThere(facts, rest[at]!);
}

function imageIsThere(facts: MachineFacts, name: string): { kind: LackKind; message: string } | undefined {
  try {
    const reference = parseReference(name);
    const familiar = familiarName(reference);
    // A name without a registry and an owner may be an image that the lesson builds itself.
    const mayBeOwn = reference.domain === DEFAULT_DOMAIN && !WELL_KNOWN.test(familiar);
    if (facts.images.includes(familiar) || mayBeOwn) return undefined;
    return { kind: "image", message: `the image ${familiar} is not here` };
  } catch {
    return undefined;
  }
}

/** Images that lessons fetch rather than build. */
const WELL_KNOWN =
  /^(alpine|ubuntu|debian|centos|fedora|nginx|httpd|redis|postgres|mysql|mariadb|mongo|node|python|golang|php|ruby|openjdk|registry|hello-world|traefik|haproxy|rabbitmq|memcached|wordpress|jenkins|elasticsearch|.+\/.+)$/;
