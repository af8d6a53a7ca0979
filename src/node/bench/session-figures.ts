/** An hour's session in minutes: does a machine get slower with all that is done in it? */
import type { Figure } from "./figure.js";
import { BIGFILE_UNCACHED, PULL, RUN } from "./lines.js";
import type { MachineProcess } from "./machine-process.js";

const CONTAINERS = 200;
const CONTAINERS_A_BUILD = 10;
const PROGRAMS = [
  ...["seq 2000 | sort -n | tail -1", "awk 'BEGIN { for (i = 0; i < 20000; i++) s += i; print s }'", "df", "ps -ef"],
  ...["md5sum /bin/busybox", "sha256sum /bin/busybox", "gzip -c /bin/busybox | wc -c", "tar c /etc | wc -c"],
  ...["grep -r root /etc", "od -x /bin/busybox | tail -1", "wc /bin/busybox", "ls -lR /etc", "expr 1 + 1"],
  ...["bzip2 -c /bin/busybox | wc -c", "diff /etc/passwd /etc/group || true", "base64 /bin/busybox | tail -1"],
  ...[
    "find / -xdev -name '*.conf'",
    "sed -e s/a/b/g /etc/passwd",
    "xxd /bin/busybox | tail -1",
    "cut -d: -f1 /etc/passwd",
  ],
];

/** Times of the first and the last tenth of the containers and builds, and what became of v86's compiled modules. */
export async function sessionFigures(machine: MachineProcess): Promise<Figure[]> {
  const [containers, builds]: [number[], number[]] = [[], []];
  await machine.run(PULL);
  for (let run = 0; run < CONTAINERS; run++) {
    containers.push((await machine.run(RUN)).callerMs);
    if (run % CONTAINERS_A_BUILD !== 0) continue;
    builds.push((await machine.run(BIGFILE_UNCACHED)).callerMs);
    await machine.run(PROGRAMS[(run / CONTAINERS_A_BUILD) % PROGRAMS.length]!);
  }
  const { modules, thrownAway } = await machine.compiled();
  return [
    ...tenths(RUN, containers),
    ...tenths(BIGFILE_UNCACHED, builds),
    { name: "compiled modules at the end", unit: "", values: [modules] },
    { name: "times that v86 threw all of them away", unit: "", values: [thrownAway] },
  ];
}

function tenths(name: string, values: number[]): Figure[] {
  const count = values.length / 10;
  return [
    { name: `${name}, first tenth of a session`, unit: "ms", values: values.slice(0, count) },
    { name: `${name}, last tenth`, unit: "ms", values: values.slice(-count) },
  ];
}
