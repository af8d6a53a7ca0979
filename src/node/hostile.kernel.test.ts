/**
 * Our walls as an attacker tries them, on the real kernel: hostile images, hostile processes, hostile volumes. The
 * tables below are the documentation of what was tried and must hold. After every attempt the guest must be as it was:
 * its files, parameters, mounts and cgroups, and the agent must answer.
 *
 * Not tried, and why: AppArmor and SELinux labels (CVE-2019-16884, 2023-28642, 2024-45310's relabelling), user namespaces
 * and rootless modes, since there are none; `docker cp` (CVE-2018-15664, 2019-14271 as it was) and cache mounts
 * (CVE-2024-23651 as it was), which do not exist yet; all inodes of the disk, which take this machine ten minutes to
 * make. Known and not closed: who has CAP_SYS_PTRACE, which nobody has unasked, can trace what enters by exec before its
 * privileges are dropped; dockerd's runtime has the same.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { findToolchain } from "../../vm-images/native/toolchain.js";
import { cgroupDirectory } from "../shared/birth/cgroup-calls.js";
import { canBeHeldUp, composeContainer } from "../shared/birth/compose-container.js";
import { composeExec } from "../shared/birth/compose-exec.js";
import { failureOf } from "../shared/calls/report.js";
import type { RuntimeSpec } from "../shared/oci/runtime.js";
import { Capture } from "./capture.js";
import { runInGuest } from "./guest-script.js";
import { type Headless, openHeadless } from "./headless.js";
import { cacheDir } from "./paths.js";

interface Attempt {
  name: string;
  /** A case of CASES.md, or an advisory. */
  source: string;
  /** In the guest's shell, with `PRELUDE` before it. What it prints, errors too, is what must hold: */
  script: string;
  holds: string | RegExp;
}

/** `image NAME` builds the Dockerfile on stdin; `box` runs busybox; `in_box SCRIPT` runs a script in it. */
const PRELUDE = `
image() { docker build -q -t "$1" - >/dev/null; }
box() { docker run --rm "$@"; }
in_box() { docker run --rm hostile sh -c "$1"; }
count() { i=$1; while [ "$i" -le "$2" ]; do echo "$i"; i=$((i + 1)); done; }
`;

const SIGKILL = 9;
const FACTS = "container-facts.sh";

const files: Attempt[] = [
  {
    name: "a node of the guest's disks, memory, ports, log, consoles and channels, made in the container",
    source: "K1",
    script: `
      ports=$(sed -n 's/ virtio-portsdev$//p' /proc/devices)
      in_box 'try() { mknod /d $1 $2 $3; (: </d) 2>&1; (: >/d) 2>&1; rm /d; }
        try b 8 0; try b 8 16; try c 1 1; try c 1 2; try c 1 4; try c 1 11; try c 229 0; try c 4 64; try c 10 183
        try c '$ports' 1' | sed 's/.*: //' | sort | uniq -c | sed 's/^ *//'`,
    holds: "20 Operation not permitted",
  },
  {
    name: "the same in a layer of the image, in a volume, and by a RUN",
    source: "K1",
    script: `
      mkdir -p nodes; mknod nodes/disk b 8 0; mknod nodes/mem c 1 1; tar -C nodes -cf nodes.tar .; rm -r nodes
      printf 'FROM busybox\\nADD nodes.tar /n/\\nRUN mknod /n/run b 8 0 && cat /n/run || echo kept\\n' >dockerfile
      docker build -q -t nodes -f dockerfile . >/dev/null
      box -v nodes:/v nodes sh -c 'mknod /v/disk b 8 0; for f in /n/* /v/*; do cat $f; done' 2>&1 | sed 's/.*: //' |
        sort | uniq -c | sed 's/^ *//'; rm nodes.tar dockerfile`,
    holds: "4 Operation not permitted",
  },
  {
    name: "links of the image on the way to every kind of mount",
    source: "K2, CVE-2019-19921, CVE-2021-30465, CVE-2023-27561",
    script: `
      image ways <<END
        FROM busybox
        RUN ln -s /dev/.old-root/root /old && ln -s ../../.. /up && ln -s /proc/1/root /root1 && ln -s /root1/etc /chain
        RUN ln -s /proc/self/cwd/.. /cwd && ln -s /run/drydock /run1 && ln -s ../proc/self/exe /exe && ln -s /loop /loop
END
      echo given >file
      for to in old up root1 chain cwd run1 exe loop; do
        for how in "-v made:/$to/made/deep" "-v $PWD/file:/$to/made/file" "--tmpfs /$to/made/temporary" "-w /$to/made/w"; do
          box $how ways true 2>/dev/null
        done
        # A loop of links has no place to make it at: the build says so, and ends.
        printf 'FROM ways\\nVOLUME /'$to'/made/volume\\nWORKDIR /'$to'/made/directory\\n' | image ways-$to 2>/dev/null
        box ways-$to true 2>/dev/null
      done; rm file; echo tried`,
    holds: "tried",
  },
  {
    name: "links through /proc/self/fd, to what the agent has open when mounts are made",
    source: "K2, as CVE-2024-21626",
    script: `
      links=$(for n in $(count 3 48) 100; do echo "ln -s /proc/self/fd/$n/../../../../.. /up$n; ln -s /proc/self/fd/$n /at$n;"; done)
      printf 'FROM busybox\\nRUN %s true\\n' "$(echo $links)" | image descriptors
      for n in $(count 3 48) 100; do
        box -v made:/up$n/made$n/deep descriptors true 2>/dev/null
        box --tmpfs /at$n/made/deep descriptors true 2>/dev/null
      done; echo tried`,
    holds: "tried",
  },
  {
    name: "a path that is exchanged with a link while another container's mounts are made on it",
    source: "CVE-2021-30465",
    script: `
      docker run -d --name swapper -v shared:/s hostile sh -c \\
        'mkdir -p /s/a/deep; ln -s /proc/self/fd/9/../../../../.. /s/b; /hostile swap /s/a /s/b 60' >/dev/null
      for n in $(count 1 20); do box -v shared:/s -v made:/s/a/made$n/deep busybox true 2>/dev/null; done
      docker rm -f swapper`,
    holds: "swapper",
  },
  {
    name: "/proc, /sys and /dev of the image are links or files",
    source: "K2, CVE-2019-19921",
    script: `
      mkdir -p odd/bin odd/tmp odd/etc; cp /bin/busybox odd/bin; printf 'FROM scratch\\nADD odd.tar /\\n' >dockerfile
      for name in proc sys dev; do for kind in link file; do
        if [ $kind = link ]; then ln -s /tmp odd/$name; else echo x >odd/$name; fi
        tar -C odd -cf odd.tar .; rm odd/$name
        docker build -q -t odd -f dockerfile . >/dev/null
        echo "$name $kind $(box odd /bin/busybox sh -c 'busybox wc -c /proc/timer_list; echo x >/proc/sys/kernel/panic' 2>&1 |
          grep -o 'is not a directory\\|0 /proc/timer_list\\|Read-only file system' | tr '\\n' ' ')"
      done; done | sed 's/ $//'; rm -r odd odd.tar dockerfile`,
    holds: `proc link is not a directory
proc file 0 /proc/timer_list Read-only file system
sys link is not a directory
sys file 0 /proc/timer_list Read-only file system
dev link is not a directory
dev file 0 /proc/timer_list Read-only file system`,
  },
  {
    name: "volumes inside /proc, on /dev and on the root",
    source: "CVE-2019-16884, CVE-2025-52881",
    script: `
      for path in /proc/self /proc/1/attr /proc/sys/kernel /proc; do
        printf 'FROM busybox\\nVOLUME '$path'\\n' | image inside; box inside true 2>&1 | grep -o 'cannot be mounted.*/proc'
      done
      box -v made:/proc/self/fd busybox true 2>&1 | grep -o 'cannot be mounted.*/proc'
      printf 'FROM busybox\\nVOLUME /dev\\n' | image inside; box inside true 2>&1 | grep -o 'linux.maskedPaths need a /dev'
      printf 'FROM busybox\\nVOLUME /\\n' | image inside; box inside true 2>&1 | grep -o 'is the root'`,
    holds: `${"cannot be mounted because it is inside /proc\n".repeat(5)}linux.maskedPaths need a /dev\nis the root`,
  },
  {
    name: "a volume on a link into /proc, where masks are made by what it holds",
    source: "CVE-2019-19921, CVE-2023-27561",
    script: `
      for to in /proc/1 /proc/self /proc/thread-self /proc/self/fd; do
        printf 'FROM busybox\\nRUN ln -s '$to' /x\\nVOLUME /x\\n' | image bare
        box bare wc -c /proc/timer_list /proc/interrupts 2>&1 | sort -u | tr '\\n' ' '
      done`,
    holds: /^( *0 \/proc\/interrupts +0 \/proc\/timer_list +0 total *){4}$/,
  },
  {
    name: "a volume on a link to /dev, with another null, console and ptmx",
    source: "CVE-2025-31133, CVE-2025-52565",
    script: `
      printf 'FROM busybox\\nRUN ln -s /dev /x\\n' | image devices
      box -v fake:/v busybox sh -c 'mkdir /v/pts; echo mine >/v/null; ln -s /proc/sysrq-trigger /v/console
        ln -s /proc/sys/kernel/panic /v/pts/ptmx'
      box -v fake:/x devices sh -c 'wc -c </proc/timer_list; echo 1 >/proc/sys/kernel/panic' 2>&1 | sed 's/.*: //'
      box -t -v fake:/x devices true 2>&1 | head -1 | sed 's/.*process: //'`,
    holds: "0\nRead-only file system\nioctl: ENOTTY: unknown",
  },
  {
    name: "a volume on a link into /proc/sys, when parameters are set",
    source: "CVE-2025-52881",
    script: `
      printf 'FROM busybox\\nRUN ln -s /proc/sys/net /x\\n' | image parameters
      box -v net:/v busybox sh -c 'mkdir /v/ipv4; echo mine >/v/ipv4/ip_forward'
      box -v net:/x --sysctl net.ipv4.ip_forward=0 parameters true; box -v net:/v busybox cat /v/ipv4/ip_forward`,
    holds: "mine",
  },
  {
    name: "a read-only bind of the guest's root, written below every mount in it",
    source: "K4",
    script: `
      box -v /:/h:ro busybox sh -c 'for d in /h /h/run /h/var/lib/drydock /h/root/work /h/dev/shm /h/sys/fs/cgroup; do
        mkdir $d/made; done; echo x >/h/proc/sys/kernel/panic' 2>&1 | sed 's/.*: //' | sort | uniq -c | sed 's/^ *//'
      box -v /run:/h busybox grep ' /h ' /proc/mounts | cut -d' ' -f4 | cut -d, -f1-3`,
    holds: "7 Read-only file system\nrw,nosuid,nodev",
  },
  {
    name: "WORKDIR and exec -w name a descriptor",
    source: "CVE-2024-21626",
    script: `
      docker run -d --name cwd busybox sleep 1000 >/dev/null
      for n in $(count 3 40) 100; do box -w /proc/self/fd/$n busybox pwd 2>/dev/null; done
      for n in $(count 3 80) 100 200; do docker exec -w /proc/self/fd/$n cwd pwd; done | sed 's/.*config.json //' | sort -u
      docker exec -w /proc/self/fd/0/../.. cwd pwd | sed 's/.*is not/is not/'; docker rm -f cwd`,
    // Descriptor 3 is a socket.
    holds:
      "failed: no such file or directory: unknown\nfailed: not a directory: unknown\nis not an absolute path: unknown\ncwd",
  },
  {
    name: "passwd is a link to the kernel's log or out of the root, a pipe, a device, a directory, huge, or missing",
    source: "CVE-2019-14271",
    script: `
      docker run -d --name passwd busybox sleep 1000 >/dev/null
      for make in 'ln -s /proc/kmsg' 'ln -s ../../../../../../proc/1/root/etc/passwd' 'mkfifo' 'ln -s /dev/zero' 'mkdir' \\
        'truncate -s 1000000000000' 'ln -s passwd' 'ln -s /proc/self/mem' 'mknod -m 644' 'true'; do
        case $make in mknod*) node='b 8 0' ;; *) node= ;; esac
        docker exec passwd sh -c "rm -rf /etc/passwd; $make /etc/passwd $node" 
        for try in 1 2 3; do docker exec -u nobody passwd true; done
      done 2>&1 | sort | uniq -c | sed 's/^ *//'; docker rm -f passwd`,
    holds: "30 Error response from daemon: unable to find user nobody: no matching entries in passwd file\npasswd",
  },
  {
    name: "what a container has as /dev/null, its stdin, given other rights",
    source: "runc's reOpenDevNull",
    script: `
      box busybox sh -c 'chmod 600 /proc/self/fd/0; chown 5:5 /proc/self/fd/0'
      docker run -d --name null busybox sleep 1000 >/dev/null
      docker exec null rm /dev/null; docker exec null sh -c 'chmod 600 /proc/self/fd/0; chown 5:5 /proc/self/fd/0' 2>&1
      docker rm -f null; stat -c '%a %u %g' /dev/null`,
    holds: `chmod: /proc/self/fd/0: Read-only file system
chown: /proc/self/fd/0: Read-only file system
null
666 0 0`,
  },
  {
    name: "what is built names files outside of the context",
    source: "CVE-2024-23652, CVE-2019-13139",
    script: `
      mkdir context; echo secret >secret; ln -s ../secret context/link; ln -s /etc/hostname context/absolute
      for path in link absolute ../secret /../secret; do
        printf 'FROM busybox\\nCOPY '$path' /copied\\nRUN cat /copied\\n' >dockerfile
        docker build --no-cache -f dockerfile context 2>&1 | grep -c 'secret$\\|[0-9] drydock$'
      done
      printf 'FROM busybox\\nRUN rm -rf /etc /proc /sys 2>/dev/null; ln -sfn /root /etc; ln -s /run/drydock /proc/x; true\\n' | image stubs
      rm -r context secret dockerfile; echo built`,
    holds: "0\n0\n0\n0\nbuilt",
  },
  {
    name: "insecure steps, and the guest's network",
    source: "CVE-2024-23653",
    script: `
      for flag in security=insecure network=host; do
        printf 'FROM busybox\\nRUN --'$flag' true\\n' | docker build -q - 2>&1 | grep -o 'is not supported'
      done`,
    holds: "is not supported\nis not supported",
  },
  {
    name: "mounts of a step: a source above its root or through a link, a target through a link, a cache's name",
    source: "CVE-2024-23651, CVE-2024-23652",
    script: `
      echo only-in-the-guest >/etc/marker
      image linked <<END
        FROM busybox
        RUN mkdir /etc2 && ln -s ../../../../../etc /out && ln -s /proc/1/root/etc /root1 && ln -s /dev/../../../etc /dots
END
      for source in /../../../../etc /out /root1 /dots /../..; do
        printf 'FROM busybox\\nRUN --mount=type=bind,from=linked,source='$source',target=/c cat /c/marker /c/etc/marker\\n' |
          docker build --no-cache --progress=plain - 2>&1 | grep -c only-in-the-guest
      done
      for target in /../../../../etc /out /root1/c /dots/c; do
        printf 'FROM linked\\nRUN --mount=type=cache,id=../../../../etc,target='$target' echo x >'$target'/leaked\\n' |
          docker build --no-cache -q - >/dev/null 2>&1
      done
      ls /etc/leaked /leaked /root/leaked 2>/dev/null; rm /etc/marker; echo tried`,
    holds: "0\n0\n0\n0\n0\ntried",
  },
];

const processes: Attempt[] = [
  {
    name: "calls that Docker's profile keeps from a container",
    source: "K8, CVE-2022-0185",
    script: "box hostile /hostile calls | sed 's/.* //' | sort | uniq -c | sed 's/^ *//'",
    // clone3 looks as if the kernel had none; AF_VSOCK by socketcall is out of a filter's sight: there is none.
    holds: "45 1\n1 38\n1 97",
  },
  {
    name: "namespaces for a user who is not root",
    source: "K8",
    script: `
      box -u 1000 busybox unshare -Ur id 2>&1; box -u 1000 busybox unshare -m true 2>&1; box busybox unshare -Urm true 2>&1`,
    holds: `unshare: unshare(0x10000000): Operation not permitted
unshare: unshare(0x20000): Operation not permitted
unshare: unshare(0x10020000): Operation not permitted`,
  },
  {
    name: "parameters of the whole kernel",
    source: "K3",
    script: `
      for key in kernel.core_pattern kernel.panic kernel.hostname vm.drop_caches fs.file-max net/../kernel/panic user.max_user_namespaces; do
        box --sysctl $key=1 busybox true 2>/dev/null || echo refused; done
      box --sysctl kernel.msgmax=9999 --sysctl net.ipv4.ip_forward=0 busybox cat /proc/sys/kernel/msgmax /proc/sys/net/ipv4/ip_forward
      cat /proc/sys/kernel/msgmax /proc/sys/net/ipv4/ip_forward`,
    holds: `${"refused\n".repeat(7)}9999\n0\n8192\n1`,
  },
  {
    name: "the kernel's own files: core_pattern, sysrq, kcore, memory, uevent helper, cgroup's release agent",
    source: "CVE-2022-0492",
    script: `
      in_box 'for f in /proc/sys/kernel/core_pattern /proc/sys/kernel/modprobe /proc/sysrq-trigger /sys/kernel/uevent_helper \\
        /sys/fs/cgroup/cgroup.procs /sys/fs/cgroup/cgroup.kill /sys/power/state; do echo x >$f; done
        mkdir /sys/fs/cgroup/made; mount -t cgroup2 x /mnt; mount -t cgroup -o rdma x /mnt; mount -t proc x /mnt' 2>&1 |
        sed 's/.*: //' | sort | uniq -c | sed 's/^ *//'
      in_box 'ls /sys/fs/cgroup | grep -c release; wc -c </proc/kcore; ls /proc/1/root/run/drydock /dev/mem' 2>&1 | sed 's/.*: //'`,
    holds:
      /^(\d+ (Read-only file system|No such file or directory|nonexistent directory|Operation not permitted|[Pp]ermission denied.*)\n)+0\n0\n(No such file or directory\n?){2}$/,
  },
  {
    name: "a process that enters by exec: its memory, descriptors, directory and program, by /proc and by ptrace",
    source: "CVE-2016-9962, CVE-2019-5736",
    script: `
      docker run -d --name spy hostile /hostile spy 60 >/dev/null; sleep 1
      for n in $(count 1 15); do docker exec spy true; done 2>/dev/null
      docker logs spy | sed 's/seen .*/seen/' | sort -u; docker rm -f spy`,
    holds: /^(seen\n)?spy$/,
  },
  {
    name: "the agent's program, run as /proc/self/exe and written to",
    source: "CVE-2019-5736",
    script: `
      printf 'FROM hostile\\nRUN printf "#!/proc/self/exe\\\\n" >/again && chmod +x /again\\nENTRYPOINT ["/proc/self/exe"]\\n' | image self
      docker run -d --name over --entrypoint /hostile self overwrite 6 >/dev/null; sleep 1
      for n in $(count 1 15); do docker exec over /proc/self/exe; docker exec over /again; done >/dev/null 2>&1
      box self >/dev/null 2>&1
      docker wait over; docker logs over | grep 'overwrote\\|tried'; docker rm over`,
    holds: "0\ntried\nover",
  },
  {
    name: "every process stopped, again and again, while one enters",
    source: "found here: the agent waited for the process that it had made",
    script: `
      docker run -d --name stopper hostile /hostile stop 60 >/dev/null; sleep 1
      (docker exec stopper true >/dev/null 2>&1; echo ended) & sleep 2; box busybox echo other; docker rm -f stopper; wait`,
    holds: /^(ended\n)?other\n(ended\n)?stopper(\nended)?$/,
  },
  {
    name: "a lease on what is executed and on what is read",
    source: "found here: F_SETLEASE held the agent up for 45 s",
    script: `
      docker run -d --name lease hostile sh -c 'cp /bin/busybox /bb; /hostile lease /bb & /hostile lease /etc/passwd' >/dev/null
      sleep 1; docker exec lease /bb true 2>&1 | sed 's/.*process: //'; docker exec -u nobody lease true; docker logs lease
      docker rm -f lease`,
    holds: "exec /bb: text file busy\nlease 22\nlease 22\nlease",
  },
  {
    name: "set-uid programs under no_new_privs, and without it",
    source: "no-new-privileges",
    script: `
      printf 'FROM hostile\\nRUN chmod 4755 /hostile\\n' | image setuid
      box -u 1000 --security-opt no-new-privileges setuid /hostile uid; box -u 1000 setuid /hostile uid
      box -u 1000 -v made:/v setuid sh -c 'grep CapEff /proc/self/status'`,
    holds: "1000\n0\nCapEff:\t0000000000000000",
  },
  {
    name: "its group, where others may do what the group may not",
    source: "CVE-2022-36109",
    script: `
      printf 'FROM busybox\\nRUN echo x >/f && chgrp 7 /f && chmod 604 /f\\n' | image groups
      box -u 1000:7 groups cat /f 2>&1; box -u 1000:7 groups id -G; docker run -d --name groups -u 1000:7 groups sleep 100 >/dev/null
      docker exec groups id -G; docker rm -f groups`,
    holds: "cat: can't open '/f': Permission denied\n7\n7\ngroups",
  },
  {
    name: "its killing priority and what it can see",
    source: "K16",
    script: `
      in_box 'ulimit -n; ulimit -Hn; cat /proc/self/oom_score_adj; echo -1 >/proc/self/oom_score_adj' 2>&1
      in_box 'echo /proc/[0-9]* | wc -w; env | cut -d= -f1 | sort | tr "\\n" " "; cat /proc/net/unix | wc -l'
      docker run -d --name see busybox sleep 100 >/dev/null; docker exec see env | cut -d= -f1 | sort | tr '\\n' ' '
      docker rm -f see; ps | grep -q '[a]gent-host' && cat /proc/$(ps | sed -n 's/^ *\\([0-9]*\\) .*[a]gent-host .*qjsc$/\\1/p')/oom_score_adj`,
    holds: `1048576
1048576
0
sh: write error: Permission denied
3
HOME HOSTNAME PATH PWD SHLVL 1
HOME HOSTNAME PATH see
-999`,
  },
  {
    name: "the guest's sockets, network and interfaces",
    source: "CVE-2020-15257 (abstract sockets), netlink",
    script: `
      in_box 'ip link add x type dummy; ip addr add 10.0.0.1/8 dev lo; ip link set lo down; ip route add 1.0.0.0/8 dev lo' 2>&1 |
        sed 's/.*: //' | sort | uniq -c | sed 's/^ *//'; in_box 'ls -d /run/* 2>/dev/null; ip -o link | wc -l'`,
    holds: "4 Operation not permitted\n2",
  },
  {
    name: "a listening socket passed on, to stay in a network namespace that another container gets",
    source: "found here: a namespace was used again",
    script: `
      docker run -d --network none --name giver -v socket:/s hostile /hostile give /s/it >/dev/null
      docker run -d --network none --name taker -v socket:/s hostile /hostile take /s/it >/dev/null
      docker wait giver; docker rm giver; sleep 1
      for n in 1 2 3; do box --network none busybox wget -qO- http://127.0.0.1/ 2>&1; done; docker rm -f taker`,
    holds: `0\ngiver\n${"wget: can't connect to remote host (127.0.0.1): Connection refused\n".repeat(3)}taker`,
  },
  {
    name: "a network namespace changed by a privileged exec, which another container gets",
    source: "found here: a namespace was used again",
    script: `
      docker run -d --network none --name changer busybox sleep 100 >/dev/null; docker exec --privileged changer ip addr add 10.9.9.9/8 dev lo
      docker rm -f changer; sleep 1; for n in 1 2 3; do box --network none busybox ip addr | grep -c 10.9.9.9; done`,
    holds: "changer\n0\n0\n0",
  },
  {
    name: "cgroups that a privileged container has made",
    source: "K6",
    script: `
      docker run --name maker --privileged busybox sh -c \\
        'mkdir -p /sys/fs/cgroup/sub/deep; sleep 50 & echo $! >/sys/fs/cgroup/sub/deep/cgroup.procs' 2>/dev/null
      id=$(docker inspect -f '{{.Id}}' maker); docker rm maker; ls -d /sys/fs/cgroup/docker/$id 2>&1; docker rm maker 2>&1`,
    holds:
      /^maker\nls: \/sys\/fs\/cgroup\/docker\/[0-9a-f]{64}: No such file or directory\nError response from daemon: No such container: maker$/,
  },
  {
    name: "/dev/ptmx of the image is a file or a link; the container's own is replaced",
    source: "K13",
    script: `
      mkdir -p terminal/dev; printf 'FROM busybox\\nADD terminal.tar /\\n' >dockerfile
      for make in 'touch' 'ln -s /etc/passwd'; do
        $make terminal/dev/ptmx; tar -C terminal -cf terminal.tar .; rm terminal/dev/ptmx
        docker build -q -t terminal -f dockerfile . >/dev/null; box -t terminal tty
      done
      docker run -d --name terminal busybox sleep 100 >/dev/null; docker exec terminal sh -c 'rm /dev/ptmx; ln -s /etc/passwd /dev/ptmx'
      docker exec -t terminal tty; docker exec terminal rm -r /dev/pts 2>&1; docker rm -f terminal; rm -r terminal terminal.tar dockerfile`,
    holds: /^\/dev\/pts\/0\r?\n\/dev\/pts\/0\r?\n\/dev\/pts\/0\r?\nrm: .*(busy|permitted)\nterminal$/,
  },
];

const resources: Attempt[] = [
  {
    name: "every process that it can see, killed",
    source: "kill -9 -1",
    script: `
      docker run -d --name other busybox sleep 1000 >/dev/null; docker run --name killer busybox sh -c 'sleep 100 & kill -9 -1; echo on'
      docker inspect -f '{{.State.Running}}' other; docker rm -f killer other`,
    holds: "on\ntrue\nkiller\nother",
  },
  {
    name: "a fork bomb in a container",
    source: "pids limit of the containers' part",
    script: `
      docker run -d --name other busybox sleep 1000 >/dev/null
      docker run -d --name bomb busybox sh -c 'b() { b | b & }; b; exec sleep 1000' >/dev/null
      until [ "$(cat /sys/fs/cgroup/docker/pids.current)" = 1000 ]; do sleep 1; done
      docker inspect -f '{{.State.Running}}' other; docker rm -f bomb; box busybox echo next; docker rm -f other`,
    holds: "true\nbomb\nnext\nother",
  },
  {
    name: "memory without a limit",
    source: "the guest's memory and swap",
    script: `
      docker run -d --name other busybox sleep 1000 >/dev/null; sleep 100 & shell=$!
      docker run -d --name eater busybox sh -c 'x=a; while :; do x=$x$x; done' >/dev/null
      until [ "$(sed -n 's/MemFree: *\\([0-9]*\\) kB/\\1/p' /proc/meminfo)" -lt 30000 ]; do sleep 1; done; sleep 4
      docker inspect -f '{{.State.Running}}' other; docker rm -f eater; kill -0 $shell && echo lives; kill $shell
      docker rm -f other`,
    holds: "true\neater\nlives\nother",
  },
  {
    name: "shared memory, /dev and its own small files, filled",
    source: "tmpfs limits; /etc/hosts found here: it was on the guest's /run",
    script: `
      docker run -d --name full busybox sh -c 'for f in /dev/shm/f /dev/f /etc/hosts; do dd if=/dev/zero of=$f bs=1M; done; sleep 1000' >/dev/null
      sleep 6; docker logs full 2>&1 | grep -c 'No space left'; box busybox echo next; docker rm -f full`,
    holds: "3\nnext\nfull",
  },
  {
    name: "output without end, and input that is never read",
    source: "back-pressure",
    script: `
      docker run -d --name flood hostile /hostile flood >/dev/null
      (yes | docker run --rm -i --name deaf busybox sleep 3 2>/dev/null; echo heard) & sleep 2
      box busybox echo next; docker exec flood echo exec; docker rm -f flood; wait`,
    holds: /^(heard\n)?next\n(heard\n)?exec\n(heard\n)?flood(\nheard)?$/,
  },
  {
    name: "a share of the processor too small to enter by",
    source: "found here: the agent waited for the process that it had made",
    script: `
      docker run -d --name slow --cpus 0.03 busybox sh -c 'while :; do :; done' >/dev/null; (docker exec slow true >/dev/null 2>&1; echo entered) &
      sleep 1; box busybox echo next; docker rm -f slow; wait`,
    holds: /^(entered\n)?next\n(entered\n)?slow(\nentered)?$/,
  },
];

/** Of 4 GB, all of which the machine then holds: on demand. */
const disk: Attempt = {
  name: "the disk, filled",
  source: "ENOSPC",
  script: `
    docker run -d --name other busybox sleep 1000 >/dev/null
    docker run -d --name full busybox sh -c 'dd if=/dev/zero of=/f bs=1M; sleep 1000' >/dev/null
    until docker logs full 2>&1 | grep -q 'records out'; do sleep 1; done
    docker logs full 2>&1 | grep -c 'No space left'; docker exec other echo exec; box busybox true 2>&1 | grep -o ENOSPC | head -1
    docker rm -f full other; until box busybox echo next 2>/dev/null; do sleep 1; done`,
  holds: /^1\nexec\n(ENOSPC\n)?full\nother\nnext$/,
};

const folder = mkdtempSync(join(tmpdir(), "hostile-"));
let headless: Headless;
let before: string;
let unharmed: string;

beforeAll(async () => {
  const program = join(folder, "hostile");
  const { flags } = await findToolchain(join(cacheDir, "native"));
  const source = join(import.meta.dirname, "testfiles/hostile.c");
  const defines = ["-D_GNU_SOURCE", "-D_FILE_OFFSET_BITS=64", "-D_TIME_BITS=64"];
  execFileSync("gcc", [...flags, ...defines, "-O1", "-static", source, "-o", program]);
  headless = await openHeadless({
    workspace: [
      { type: "file", path: "hostile", bytes: readFileSync(program), mode: 0o755 },
      { type: "file", path: FACTS, bytes: readFileSync(join(import.meta.dirname, "testfiles", FACTS)) },
    ],
  });
  const image =
    "printf 'FROM busybox\\nCOPY hostile /hostile\\n' >hostile.image && docker build -q -t hostile -f hostile.image .";
  await sh(`docker pull -q busybox && ${image} && docker run --rm hostile true`);
  unharmed = await sh(PROGRAMS);
  before = await sh(GUEST);
});
afterAll(() => {
  headless?.dispose();
  rmSync(folder, { recursive: true, force: true });
});

/** Everything that a container must not change. */
const GUEST = `
  docker rm -f $(docker ps -aq) >/dev/null 2>&1; docker volume rm $(docker volume ls -q) 2>/dev/null >/dev/null
  find / /dev /run -xdev ! -path '/tmp/*' ! -path '/dev/pts/*' | sort; ls -R /run/drydock/containers /run/drydock/root
  find /sys/fs/cgroup -type d | sort; stat -c '%n %a %u %g' /dev/* /run /root /; cat /proc/mounts
  cd /proc/sys/kernel; for f in core_pattern panic hostname domainname msgmax sysrq modprobe; do echo "$f $(cat $f)"; done
  cat /proc/sys/net/ipv4/ip_forward; ip -o addr | cut -c1-60`;
const PROGRAMS = "sha256sum /usr/lib/drydock/* /bin/busybox /usr/bin/docker";

/** What it prints, errors too, in the order of the two streams. */
async function sh(script: string): Promise<string> {
  const [stdout, stderr] = [new Capture(), new Capture()];
  await runInGuest(headless.machine, ["/bin/sh", "-c", PRELUDE + script], { stdout, stderr });
  return (stdout.text + stderr.text).trim();
}

afterEach(async () => {
  await headless.machine.agent.call("machine.ping", {});
  expect((await sh(GUEST)).split("\n")).toEqual(before.split("\n"));
  expect(await sh(PROGRAMS)).toBe(unharmed);
});

async function attempt({ script, holds }: Attempt): Promise<void> {
  const told = await sh(script);
  if (typeof holds === "string") expect(told).toBe(holds);
  else expect(told).toMatch(holds);
}

describe("files, mounts and builds", () => {
  test.each(files)("$name ($source)", attempt);
});
describe("processes, calls and networks", () => {
  test.each(processes)("$name ($source)", attempt);
});
describe("what there is only so much of", () => {
  test.each(resources)("$name ($source)", attempt);

  test.skipIf(!process.env.DRYDOCK_FILL_DISK)("the disk, filled (ENOSPC): takes 4 GB, so set DRYDOCK_FILL_DISK", () =>
    attempt(disk),
  );

  test("a fork bomb in the guest's shell: containers run on, others are made, and it can be ended", async () => {
    const { agent } = headless.machine;
    await sh("docker run -d --name other busybox sleep 1000");
    const bomb = { argv: ["/bin/sh", "-c", "b() { b | b & }; b; exec sleep 1000"], cwd: "/", terminal: false };
    const { pid } = await agent.call("process.spawn", { ...bomb, env: { PATH: "/bin" }, stdio: {} });
    await until(async () => (await sh("echo").catch(() => "no room")) === "no room");
    const beside = await create("beside", ["/bin/true"]);
    expect(await beside.exited).toBe(0);
    await agent.call("container.delete", { id: "beside" });
    await agent.call("process.signal", { pid, signal: SIGKILL });
    await until(async () => (await sh("echo room").catch(() => "no room")) === "room");
    expect(await sh("docker inspect -f '{{.State.Running}}' other")).toBe("true");
  });
});

describe("containers as lists of calls", () => {
  test("one that joins another's pid namespace is entered, ended and given back as itself (K7)", async () => {
    const { agent } = headless.machine;
    const first = await create("first", ["/bin/sleep", "1000"]);
    const descriptors = await openInAgent();
    const second = await create(
      "second",
      ["/bin/sh", "-c", "sleep 999 & exec sleep 1000"],
      `/proc/${first.pid}/ns/pid`,
    );
    expect(await exec(second.spec, "second", ["/bin/hostname"])).toBe("second");
    expect(await exec(second.spec, "second", ["/bin/sh", "-c", "tr '\\0' ' ' </proc/1/cmdline"])).toBe(
      "/bin/sleep 1000 ",
    );
    await agent.call("container.kill", { id: "second", signal: SIGKILL });
    expect(await second.exited).toBe(128 + SIGKILL);
    await agent.call("container.delete", { id: "second" });
    expect(await exec(first.spec, "first", ["/bin/sh", "-c", "cat /proc/[0-9]*/cmdline | tr '\\0' ' '"])).not.toContain(
      "999",
    );
    expect(await openInAgent()).toBe(descriptors);
    await agent.call("container.kill", { id: "first", signal: SIGKILL });
    await first.exited;
    await agent.call("container.delete", { id: "first" });
  });

  test.each([
    ["before it is made", "/proc/999999/ns/pid", {}],
    ["by its process", undefined, { type: "uts" as const, path: "/proc/999999/ns/uts" }],
    ["of another kind", "/proc/self/ns/net", {}],
    ["that is a pipe", "/run/drydock/agent.sock", {}],
  ])(
    "a namespace that is not there, found %s, leaves no descriptor, cgroup or process behind (K7)",
    async (_, pid, more) => {
      const descriptors = await openInAgent();
      for (let tries = 0; tries < 10; tries++) {
        const made = await create("bad", ["/bin/true"], pid, more);
        expect(made.pid).toBe(0);
        expect(made.failure).toBeDefined();
      }
      expect(await openInAgent()).toBe(descriptors);
      expect(await sh("ls /sys/fs/cgroup/docker | grep bad")).toBe("");
    },
  );
});

/**
 * Each line is a fact of `docker run busybox`, told by testfiles/container-facts.sh. What dockerd's container has that
 * ours has not, and the other way round; and why.
 */
const DIFFERENCES: [theirs: string[], ours: string[], why: string][] = [
  [
    `:/docker/ID blkio:/docker/ID cpu:/docker/ID cpuacct:/docker/ID cpuset:/docker/ID devices:/docker/ID
    freezer:/docker/ID memory:/docker/ID name=systemd:/docker/ID pids:/docker/ID`
      .split(/\s+/)
      .map((name) => `cgroup ${name}`),
    ["cgroup :/"],
    "dockerd was observed on cgroup v1, where its cgroup namespace is the host's; on v2 it is private, as ours",
  ],
  [
    [
      "mount /sys/fs/cgroup tmpfs rw,nosuid,nodev,noexec,relatime,mode=755",
      ..."cpu cpuacct cpuset memory devices freezer blkio pids"
        .split(" ")
        .map((name) => `mount /sys/fs/cgroup/${name} cgroup ro,nosuid,nodev,noexec,relatime,${name}`),
      "mount /sys/fs/cgroup/systemd cgroup ro,nosuid,nodev,noexec,relatime,name=systemd",
      "write /sys/fs/cgroup yes",
    ],
    ["mount /sys/fs/cgroup cgroup2 ro,nosuid,nodev,noexec,relatime", "write /sys/fs/cgroup no"],
    "cgroup v1 there, v2 here",
  ],
  [
    ["limit Max processes,96364,96364", "limit Max pending signals,96364,96364"],
    ["limit Max processes,3722,3722", "limit Max pending signals,3722,3722"],
    "both inherit the kernel's, which follow from the memory",
  ],
  [
    ["limit Max open files,20000,20000"],
    ["limit Max open files,1048576,1048576"],
    "that machine allows no more; Docker's service unit asks for this",
  ],
  [
    ["hosts", "hostname", "resolv.conf"].map(
      (name) => `mount /etc/${name} ext4 rw,relatime,discard,resv_strict,resuid=65534,resgid=65534`,
    ),
    ["hosts", "hostname", "resolv.conf"].map(
      (name) => `mount /etc/${name} tmpfs rw,nosuid,nodev,relatime,size=1024k,mode=755`,
    ),
    "on dockerd's disk there, on a small file system of the container's own here",
  ],
  [
    ["path /proc/interrupts open"],
    ["path /proc/interrupts masked", "mount /proc/interrupts tmpfs rw,nosuid,size=65536k,mode=755"],
    "masked since 28.2, with /sys/devices/virtual/powercap, which this kernel does not have",
  ],
  [
    [
      "path /proc/acpi masked",
      "mount /proc/acpi tmpfs ro,relatime",
      "path /proc/kcore absent",
      "path /proc/sysrq-trigger absent",
    ],
    [
      "path /proc/acpi absent",
      "path /proc/kcore masked",
      "mount /proc/kcore tmpfs rw,nosuid,size=65536k,mode=755",
      "path /proc/sysrq-trigger read-only",
      "mount /proc/sysrq-trigger proc ro,nosuid,nodev,noexec,relatime",
    ],
    "other kernels",
  ],
  [
    ["mount /sys/firmware tmpfs ro,relatime"],
    ["mount /sys/firmware tmpfs ro,relatime,size=0k"],
    "an option without an effect on what is empty and read-only",
  ],
];

test("a default container beside one of dockerd 20.10.24 (runc 1.1.5)", async () => {
  const observed = readFileSync(join(import.meta.dirname, "testfiles/container-facts.dockerd-20.10.24.txt"), "utf8");
  const ours = (await sh(`docker run --rm busybox sh -c "$(cat ${FACTS})"`)).split("\n");
  const theirs = observed.trim().split("\n");
  for (const [gone] of DIFFERENCES) expect(theirs).toEqual(expect.arrayContaining(gone));
  const gone = DIFFERENCES.flatMap(([lines]) => lines);
  const expected = [...theirs.filter((line) => !gone.includes(line)), ...DIFFERENCES.flatMap(([, lines]) => lines)];
  expect(ours.sort()).toEqual(expected.sort());
});

interface Made {
  spec: RuntimeSpec;
  /** 0 where it failed. */
  pid: number;
  failure: unknown;
  exited: Promise<number>;
}

/** A container on the guest's own root, by its list of calls. */
async function create(
  id: string,
  args: string[],
  pidNamespace?: string,
  more: Partial<RuntimeSpec["linux"]["namespaces"][number]> = {},
): Promise<Made> {
  const { agent } = headless.machine;
  const own = (["mount", "ipc", "cgroup", "uts"] as const)
    .filter((type) => type !== more.type)
    .map((type) => ({ type }));
  const spec: RuntimeSpec = {
    ociVersion: "1.2.0",
    root: { path: "/" },
    ...(!more.type && { hostname: id }),
    mounts: [{ destination: "/proc", type: "proc", source: "proc" }],
    process: { user: { uid: 0, gid: 0 }, args, env: ["PATH=/bin"], cwd: "/" },
    linux: {
      namespaces: [
        ...own,
        { type: "pid", ...(pidNamespace && { path: pidNamespace }) },
        ...(more.type ? [{ type: more.type, path: more.path }] : []),
      ],
      cgroupsPath: `/docker/${id}`,
    },
  };
  const exited = new Promise<number>((resolve) => {
    const listening = agent.on("container.exited", ({ id: who, exec, exitCode }) => {
      if (who !== id || exec !== undefined) return;
      listening.dispose();
      resolve(exitCode);
    });
  });
  const list = composeContainer(spec, { pipes: [false, false, false], columns: 80, rows: 24 });
  const { pid, report } = await agent.call("container.create", {
    ...{
      id,
      stdio: {},
      terminal: false,
      calls: list.encode(),
      holds: { cgroup: cgroupDirectory(spec.linux.cgroupsPath) },
    },
    ...(canBeHeldUp(spec) && { tells: true }),
  });
  return { spec, pid, failure: failureOf(list, report), exited };
}

/** What the program prints that is executed in the container. */
async function exec({ linux, process }: RuntimeSpec, id: string, args: string[]): Promise<string> {
  const { agent } = headless.machine;
  const stdout = agent.openInput();
  const list = composeExec({ ...process, args }, { linux, pipes: [false, true, false], columns: 80, rows: 24 });
  const params = { id, exec: args.join("-"), stdio: { stdout: stdout.id }, terminal: false, calls: list.encode() };
  const { report } = await agent.call("container.exec", params);
  expect(failureOf(list, report)).toBeUndefined();
  const chunks: Uint8Array[] = [];
  for await (const chunk of stdout) chunks.push(chunk);
  return Buffer.concat(chunks).toString().replace(/\n$/, "");
}

/** How many descriptors the agent has. */
async function openInAgent(): Promise<string> {
  return sh("ls /proc/$(ps | sed -n 's/^ *\\([0-9]*\\) .*[a]gent-host .*qjsc$/\\1/p')/fd | wc -l");
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 100));
}
