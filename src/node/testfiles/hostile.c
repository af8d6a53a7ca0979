/*
 * What a hostile process does, for hostile.kernel.test.ts; run in containers. Each line that it prints is
 * `what outcome`, where the outcome is `done` or the error's number.
 *
 *     hostile calls               asks for what Docker's profile keeps from a container
 *     hostile spy SECONDS         reaches into every process that appears and is not its own, as a file and by ptrace
 *     hostile stop SECONDS        stops every process that it can, again and again
 *     hostile lease FILE          holds a write lease on the file, and never gives it up
 *     hostile swap A B SECONDS    exchanges the two names
 *     hostile give PATH           listens on loopback's port 80 and for whoever connects to PATH, whom it gives that
 *     hostile take PATH           takes what is given at PATH and answers `stolen` to whoever connects to it
 *     hostile overwrite SECONDS   keeps the file of every program that appears, and writes to those of the guest
 *     hostile flood               writes to its output for ever
 *     hostile uid                 tells its effective user
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void tell(const char *what, long result) {
  if (result < 0)
    printf("%s %d\n", what, errno);
  else
    printf("%s done\n", what);
}

/* A child that a call makes ends at once. */
static void born(const char *what, long pid) {
  if (pid == 0) _exit(0);
  if (pid > 0) waitpid(pid, NULL, 0);
  tell(what, pid);
}

static void try_calls(void) {
  static struct clone_args new_user = {.flags = CLONE_NEWUSER, .exit_signal = SIGCHLD};
  static unsigned long vsock[3] = {40, SOCK_STREAM, 0};
  static char attributes[128];
#define TRY(name, ...) tell(#name, syscall(SYS_##name, __VA_ARGS__))
  tell("unshare user", syscall(SYS_unshare, CLONE_NEWUSER));
  tell("unshare mount", syscall(SYS_unshare, CLONE_NEWNS));
  tell("unshare network", syscall(SYS_unshare, CLONE_NEWNET));
  born("clone user", syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0));
  born("clone cgroup", syscall(SYS_clone, CLONE_NEWCGROUP | SIGCHLD, 0, 0, 0, 0));
  born("clone3 user", syscall(SYS_clone3, &new_user, sizeof(new_user)));
  TRY(setns, 0, 0);
  TRY(keyctl, 0, -3, 0);
  TRY(add_key, "user", "a", "b", 1, -3);
  TRY(request_key, "user", "a", "b", -3);
  TRY(mount, "none", "/tmp", "tmpfs", 0, 0);
  TRY(umount2, "/proc", 2);
  TRY(pivot_root, "/", "/");
  TRY(fsopen, "tmpfs", 0);
  TRY(open_tree, AT_FDCWD, "/", 1);
  TRY(move_mount, AT_FDCWD, "/proc", AT_FDCWD, "/tmp", 0);
  TRY(mount_setattr, AT_FDCWD, "/proc/sys", 0, attributes, 32);
  TRY(bpf, 0, attributes, 48);
  TRY(perf_event_open, attributes, 0, -1, -1, 0);
  TRY(userfaultfd, 0);
  TRY(io_uring_setup, 1, attributes);
  TRY(open_by_handle_at, AT_FDCWD, attributes, 0);
  TRY(kexec_load, 0, 0, 0, 0);
  TRY(init_module, attributes, 1, "");
  TRY(finit_module, 0, "", 0);
  TRY(delete_module, "ext4", 0);
  TRY(reboot, 0xfee1dead, 672274793, 0x89abcdef, 0);
  TRY(swapon, "/dev/sdb", 0);
  TRY(swapoff, "/dev/sdb");
  TRY(acct, "/tmp/acct");
  TRY(quotactl, 0, "/dev/sda", 0, 0);
  TRY(syslog, 3, attributes, 100);
  TRY(iopl, 3);
  TRY(ioperm, 0x80, 1, 1);
  TRY(settimeofday, attributes, 0);
  TRY(vhangup, 0);
  TRY(fanotify_init, 0, 0);
  TRY(lookup_dcookie, 0, 0, attributes, 10);
  TRY(kcmp, getpid(), getpid(), 0, 0, 0);
  TRY(pidfd_getfd, 0, 0, 0);
  TRY(vm86, 0, 0);
  TRY(nfsservctl, 0, 0, 0);
  TRY(sethostname, "other", 5);
  tell("personality without random addresses", syscall(SYS_personality, 0x40000));
  tell("socket vsock", syscall(SYS_socket, 40, SOCK_STREAM, 0));
  tell("socketcall vsock", syscall(SYS_socketcall, 1, vsock));
  tell("ptrace init", ptrace(PTRACE_ATTACH, 1, 0, 0));
}

static long now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec;
}

static int may_open(int pid, const char *name, int flags) {
  char path[64];
  sprintf(path, "/proc/%d/%s", pid, name);
  int fd = open(path, flags | O_NONBLOCK);
  if (fd >= 0) close(fd);
  return fd >= 0;
}

/* Whether the process is a program of the guest's: its command line is readable to all. */
static int is_agents(int pid) {
  char path[64], line[64] = "";
  sprintf(path, "/proc/%d/cmdline", pid);
  int fd = open(path, O_RDONLY);
  if (fd < 0) return 0;
  if (read(fd, line, sizeof(line) - 1) < 0) line[0] = 0;
  close(fd);
  return strstr(line, "drydock") != NULL;
}

/* In a process of its own, whose end lets go of it again. */
static void trace(int pid) {
  pid_t tracer = fork();
  if (tracer > 0) {
    waitpid(tracer, NULL, 0);
    return;
  }
  if (ptrace(PTRACE_SEIZE, pid, 0, 0) == 0 && is_agents(pid)) printf("traced\n");
  _exit(0);
}

static void reach_into(int pid) {
  static const char *files[] = {"mem", "environ", "maps", "root/.", "cwd/.", "fd/5", "fd/10", "exe", "auxv"};
  char path[64], target[64];
  if (!is_agents(pid)) return;
  printf("seen %d\n", pid);
  for (unsigned i = 0; i < sizeof(files) / sizeof(*files); i++)
    // It may have become the container's program by now.
    if (may_open(pid, files[i], O_RDONLY) && is_agents(pid)) printf("opened %s\n", files[i]);
  if (may_open(pid, "exe", O_WRONLY) && is_agents(pid)) printf("opened exe for writing\n");
  sprintf(path, "/proc/%d/exe", pid);
  if (readlink(path, target, sizeof(target)) > 0 && is_agents(pid)) printf("read exe\n");
  trace(pid);
}

static void spy(long seconds) {
  for (long end = now() + seconds; now() < end;) {
    DIR *proc = opendir("/proc");
    for (struct dirent *entry; (entry = readdir(proc));) {
      int pid = atoi(entry->d_name);
      if (pid > 1 && pid != getpid()) reach_into(pid);
    }
    closedir(proc);
  }
  printf("spied\n");
}

static void stop(long seconds) {
  for (long end = now() + seconds; now() < end;) kill(-1, SIGSTOP);
  kill(-1, SIGCONT);
}

static void hold_lease(const char *name) {
  signal(SIGIO, SIG_IGN);
  int fd = open(name, O_RDWR);
  for (int told = 0;; told = 1) {
    int result = fcntl(fd, F_SETLEASE, F_WRLCK);
    if (!told) tell("lease", result);
    fflush(stdout);
    usleep(1000);
  }
}

static void swap(const char *a, const char *b, long seconds) {
  for (long end = now() + seconds; now() < end;)
    for (int i = 0; i < 1000; i++) renameat2(AT_FDCWD, a, AT_FDCWD, b, RENAME_EXCHANGE);
}

static int listening(void) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(80), .sin_addr = {htonl(INADDR_LOOPBACK)}};
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  tell("bind", bind(fd, (void *)&address, sizeof(address)));
  listen(fd, 5);
  return fd;
}

static void pass(int socket, int *fd, int give) {
  char control[CMSG_SPACE(sizeof(int))] = "", byte = 1;
  struct iovec part = {&byte, 1};
  struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof(control)};
  struct cmsghdr *header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(sizeof(int));
  if (give) memcpy(CMSG_DATA(header), fd, sizeof(int));
  tell("pass", give ? sendmsg(socket, &message, 0) : recvmsg(socket, &message, 0));
  if (!give) memcpy(fd, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof(int));
}

static struct sockaddr_un place(const char *path) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  strcpy(address.sun_path, path);
  return address;
}

static void give(const char *path) {
  struct sockaddr_un address = place(path);
  int http = listening(), fd = socket(AF_UNIX, SOCK_STREAM, 0);
  bind(fd, (void *)&address, sizeof(address));
  listen(fd, 1);
  pass(accept(fd, NULL, NULL), &http, 1);
}

static void take(const char *path) {
  struct sockaddr_un address = place(path);
  int fd = socket(AF_UNIX, SOCK_STREAM, 0), http;
  while (connect(fd, (void *)&address, sizeof(address)) < 0) usleep(10000);
  pass(fd, &http, 0);
  for (int client; (client = accept(http, NULL, NULL)) >= 0; close(client)) {
    static const char answer[] = "HTTP/1.0 200 OK\r\n\r\nstolen\n";
    if (write(client, answer, sizeof(answer) - 1) < 0) return;
    shutdown(client, SHUT_WR);
  }
}

/* Once its process has ended, a program can be written to: so it is held, and tried for a while. */
static void overwrite_one(const char *pid) {
  char path[64], target[128] = "";
  sprintf(path, "/proc/%.20s/exe", pid);
  int fd = open(path, O_PATH | O_CLOEXEC);
  if (fd < 0) return;
  sprintf(path, "/proc/self/fd/%d", fd);
  if (readlink(path, target, sizeof(target) - 1) > 0 && strstr(target, "agent")) {
    printf("holds %s\n", target);
    for (int i = 0; i < 2000; i++) {
      int file = open(path, O_WRONLY);
      if (file >= 0) printf("overwrote %zd\n", write(file, "#!", 2));
      if (errno == EROFS) break;
    }
    tell("overwrite", -1);
  }
  close(fd);
}

static void overwrite(long seconds) {
  for (long end = now() + seconds; now() < end;) {
    overwrite_one("self");
    DIR *proc = opendir("/proc");
    for (struct dirent *entry; (entry = readdir(proc));)
      if (atoi(entry->d_name) > 0) overwrite_one(entry->d_name);
    closedir(proc);
  }
  printf("tried\n");
}

static void flood(void) {
  static char block[65536];
  memset(block, 'x', sizeof(block));
  while (write(1, block, sizeof(block)) > 0) continue;
}

int main(int count, char **words) {
  const char *what = count > 1 ? words[1] : "";
  setvbuf(stdout, NULL, _IOLBF, 0);
  if (!strcmp(what, "calls")) try_calls();
  else if (!strcmp(what, "spy")) spy(atoi(words[2]));
  else if (!strcmp(what, "stop")) stop(atoi(words[2]));
  else if (!strcmp(what, "lease")) hold_lease(words[2]);
  else if (!strcmp(what, "swap")) swap(words[2], words[3], atoi(words[4]));
  else if (!strcmp(what, "give")) give(words[2]);
  else if (!strcmp(what, "take")) take(words[2]);
  else if (!strcmp(what, "overwrite")) overwrite(atoi(words[2]));
  else if (!strcmp(what, "flood")) flood();
  else if (!strcmp(what, "uid")) printf("%d\n", geteuid());
  else return 2;
  return 0;
}
