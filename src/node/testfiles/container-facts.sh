# What a container is, a fact a line: for hostile.kernel.test.ts, which compares it with what dockerd's containers are.
grep -E '^(Cap(Inh|Prm|Eff|Bnd|Amb)|NoNewPrivs|Seccomp|Groups):' /proc/self/status | tr '\t' ' ' | sed 's/: */ /;s/ *$//'
echo "oom_score_adj $(cat /proc/self/oom_score_adj)"
echo "umask $(umask)"; echo "pwd $(pwd)"; echo "id $(id -u) $(id -g)"
echo "stdin $(readlink /proc/self/fd/0)"
cut -d: -f2- /proc/self/cgroup | sort | sed "s#/docker/[0-9a-f]*#/docker/ID#;s/^/cgroup /"
echo "pid $$"
tail -n +2 /proc/self/limits | sed 's/  \+/,/g;s/,$//;s/^/limit /' | cut -d, -f1-3
for n in $(ls /dev); do echo "dev $n $(stat -c '%F,%a,%t:%T' /dev/$n) $(readlink /dev/$n)" | sed 's/ *$//'; done
while read -r _ to type options _; do [ $type = overlay ] && options=${options%%,lower*}; echo "mount $to $type $options"; done </proc/mounts
for k in $(env | cut -d= -f1 | sort); do echo "env $k"; done
for p in /proc/acpi /proc/asound /proc/bus /proc/fs /proc/interrupts /proc/irq /proc/kcore /proc/keys /proc/latency_stats /proc/sched_debug /proc/scsi /proc/sys /proc/sysrq-trigger /proc/timer_list /proc/timer_stats /sys/devices/virtual/powercap /sys/firmware; do
 if [ ! -e $p ]; then k=absent; elif [ -c $p ]; then k=masked; elif grep -q " $p tmpfs ro" /proc/mounts; then k=masked; elif grep -q " $p proc ro" /proc/mounts; then k=read-only; else k=open; fi; echo "path $p $k"; done
for f in /sys/fs/cgroup /proc/sys /sys; do mkdir $f/x 2>/dev/null && echo "write $f yes" || echo "write $f no"; done
hostname | wc -c | sed 's/^/hostname /'
