/**
 * Docker's default seccomp profile, as moby 28.2 makes it for a container on Linux 6.1 and i386. Source, for which
 * calls are allowed and when: moby v28.2.2, profiles/seccomp.
 */
import type { LinuxSeccomp, LinuxSeccompArg, LinuxSyscall } from "../oci/runtime.js";

const EPERM = 1;
const ENOSYS = 38;
const AF_VSOCK = 40;
/** CLONE_NEWNS, CGROUP, UTS, IPC, USER, PID and NET. */
const CLONE_NAMESPACES = 0x7e020000;
/** PER_LINUX, PER_LINUX32, UNAME26, both, and the question which one it is. */
const PERSONALITIES = [0, 0x8, 0x20000, 0x20008, 0xffffffff];

/** Allowed whatever the container's capabilities, in the order of the kernel's numbers. */
const ALWAYS = words(`
restart_syscall exit fork read write open close waitpid creat link unlink execve chdir time mknod chmod lchown lseek
getpid setuid getuid alarm pause utime access sync kill rename mkdir rmdir dup pipe times brk setgid getgid geteuid
getegid ioctl fcntl setpgid umask dup2 getppid getpgrp setsid setreuid setregid setrlimit getrlimit getrusage
gettimeofday getgroups setgroups select symlink readlink mmap munmap truncate ftruncate fchmod fchown getpriority
setpriority statfs fstatfs socketcall setitimer getitimer stat lstat fstat wait4 sysinfo ipc fsync sigreturn uname
adjtimex mprotect sigprocmask getpgid fchdir setfsuid setfsgid _llseek getdents _newselect flock msync readv writev
getsid fdatasync mlock munlock mlockall munlockall sched_setparam sched_getparam sched_setscheduler sched_getscheduler
sched_yield sched_get_priority_max sched_get_priority_min sched_rr_get_interval nanosleep mremap setresuid getresuid
poll setresgid getresgid prctl rt_sigreturn rt_sigaction rt_sigprocmask rt_sigpending rt_sigtimedwait rt_sigqueueinfo
rt_sigsuspend pread64 pwrite64 chown getcwd capget capset sigaltstack sendfile vfork ugetrlimit mmap2 truncate64
ftruncate64 stat64 lstat64 fstat64 lchown32 getuid32 getgid32 geteuid32 getegid32 setreuid32 setregid32 getgroups32
setgroups32 fchown32 setresuid32 getresuid32 setresgid32 getresgid32 chown32 setuid32 setgid32 setfsuid32 setfsgid32
mincore madvise getdents64 fcntl64 gettid readahead setxattr lsetxattr fsetxattr getxattr lgetxattr fgetxattr
listxattr llistxattr flistxattr removexattr lremovexattr fremovexattr tkill sendfile64 futex sched_setaffinity
sched_getaffinity set_thread_area get_thread_area io_setup io_destroy io_getevents io_submit io_cancel fadvise64
exit_group epoll_create epoll_ctl epoll_wait remap_file_pages set_tid_address timer_create timer_settime timer_gettime
timer_getoverrun timer_delete clock_gettime clock_getres clock_nanosleep statfs64 fstatfs64 tgkill utimes fadvise64_64
mq_open mq_unlink mq_timedsend mq_timedreceive mq_notify mq_getsetattr waitid ioprio_set ioprio_get inotify_init
inotify_add_watch inotify_rm_watch openat mkdirat mknodat fchownat futimesat fstatat64 unlinkat renameat linkat
symlinkat readlinkat fchmodat faccessat pselect6 ppoll set_robust_list get_robust_list splice sync_file_range tee
vmsplice getcpu epoll_pwait utimensat signalfd timerfd_create eventfd fallocate timerfd_settime timerfd_gettime
signalfd4 eventfd2 epoll_create1 dup3 pipe2 inotify_init1 preadv pwritev rt_tgsigqueueinfo recvmmsg fanotify_mark
prlimit64 name_to_handle_at clock_adjtime syncfs sendmmsg sched_setattr sched_getattr renameat2 seccomp getrandom
memfd_create execveat socketpair bind connect listen accept4 getsockopt setsockopt getsockname getpeername sendto
sendmsg recvfrom recvmsg shutdown membarrier mlock2 copy_file_range preadv2 pwritev2 pkey_mprotect pkey_alloc
pkey_free statx io_pgetevents rseq semget semctl shmget shmctl shmat shmdt msgget msgsnd msgrcv msgctl clock_gettime64
clock_adjtime64 clock_getres_time64 clock_nanosleep_time64 timer_gettime64 timer_settime64 timerfd_gettime64
timerfd_settime64 utimensat_time64 pselect6_time64 ppoll_time64 io_pgetevents_time64 recvmmsg_time64
mq_timedsend_time64 mq_timedreceive_time64 semtimedop_time64 rt_sigtimedwait_time64 futex_time64
sched_rr_get_interval_time64 pidfd_send_signal pidfd_open close_range openat2 faccessat2 epoll_pwait2
landlock_create_ruleset landlock_add_rule landlock_restrict_self memfd_secret process_mrelease futex_waitv
ptrace process_vm_readv process_vm_writev modify_ldt`);

/** Allowed as well: calls that i386 makes through others, and calls that other kernels have. */
const ALWAYS_ELSEWHERE = words(`
accept cachestat epoll_ctl_old epoll_wait_old fchmodat2 futex_requeue futex_wait futex_wake getxattrat listmount
listxattrat map_shadow_stack mseal newfstatat recv removexattrat riscv_hwprobe semop semtimedop send setxattrat
statmount uretprobe
`);

const BY_CAPABILITY: Record<string, string[]> = {
  CAP_DAC_READ_SEARCH: ["open_by_handle_at"],
  CAP_SYS_ADMIN: words(`mount umount umount2 setns unshare clone clone3 sethostname setdomainname syslog bpf
perf_event_open fanotify_init lookup_dcookie quotactl quotactl_fd fsopen fsconfig fsmount fspick open_tree move_mount
mount_setattr lsm_get_self_attr lsm_set_self_attr lsm_list_modules`),
  CAP_SYS_BOOT: ["reboot"],
  CAP_SYS_CHROOT: ["chroot"],
  CAP_SYS_MODULE: words("init_module finit_module delete_module"),
  CAP_SYS_PACCT: ["acct"],
  CAP_SYS_PTRACE: words("kcmp pidfd_getfd process_madvise process_vm_readv process_vm_writev ptrace"),
  CAP_SYS_RAWIO: words("iopl ioperm"),
  CAP_SYS_TIME: words("stime settimeofday clock_settime clock_settime64"),
  CAP_SYS_TTY_CONFIG: ["vhangup"],
  CAP_SYS_NICE: words("mbind get_mempolicy set_mempolicy set_mempolicy_home_node"),
  CAP_SYSLOG: ["syslog"],
  CAP_BPF: ["bpf"],
  CAP_PERFMON: ["perf_event_open"],
};

/** `capabilities`: names such as `CAP_CHOWN`, the container's bounding set. */
export function dockerProfile(capabilities: readonly string[]): LinuxSeccomp {
  const held = Object.keys(BY_CAPABILITY).filter((capability) => capabilities.includes(capability));
  return {
    defaultAction: "SCMP_ACT_ERRNO",
    defaultErrnoRet: EPERM,
    architectures: ["SCMP_ARCH_X86"],
    syscalls: [
      allow([...ALWAYS, ...ALWAYS_ELSEWHERE]),
      allow(["socket"], { index: 0, op: "SCMP_CMP_NE", value: AF_VSOCK }),
      ...PERSONALITIES.map((value) => allow(["personality"], { index: 0, op: "SCMP_CMP_EQ", value })),
      ...held.map((capability) => allow(BY_CAPABILITY[capability]!)),
      ...(held.includes("CAP_SYS_ADMIN") ? [] : processesWithoutNamespaces()),
    ],
  };
}

/** What clone3 asks for lies in memory, where a filter cannot look: at ENOSYS libraries fall back to clone. */
function processesWithoutNamespaces(): LinuxSyscall[] {
  return [
    allow(["clone"], { index: 0, op: "SCMP_CMP_MASKED_EQ", value: CLONE_NAMESPACES, valueTwo: 0 }),
    { names: ["clone3"], action: "SCMP_ACT_ERRNO", errnoRet: ENOSYS },
  ];
}

function allow(names: string[], ...args: LinuxSeccompArg[]): LinuxSyscall {
  return { names, action: "SCMP_ACT_ALLOW", ...(args.length > 0 && { args }) };
}

function words(text: string): string[] {
  return text.trim().split(/\s+/);
}
