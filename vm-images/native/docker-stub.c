/*
 * The guest's `docker`: hands its arguments, directory, environment and standard descriptors to the agent, passes
 * signals on, and ends with the status that the agent names. The agent does the rest on those descriptors.
 *
 * Messages on the SOCK_SEQPACKET socket, one for each send; their one description is src/protocol/stub-messages.ts.
 *
 *     to the agent, first   u8 1, u8 version, u16 0, u32 arguments, u32 variables, u32 variables left out,
 *                           then NUL-ended: the arguments (argv[0] too), the directory, the variables;
 *                           with descriptors 0, 1, 2 as SCM_RIGHTS
 *     to the agent          u8 2, u8 signal
 *     to the agent          u8 3, u8 0, u16 columns, u16 rows
 *     from the agent        u8 4, u8 exit status
 *
 * Numbers are little-endian. The first message has at most 131072 bytes: arguments that do not fit are an error,
 * variables that do not fit are left out, each whole, and counted.
 */
#include "bare.h"

#define SOCKET_PATH "/run/drydock/agent.sock"
#define VERSION 1
#define MOST_BYTES 131072
#define HEADER_BYTES 16

enum { OPEN = 1, SIGNAL = 2, RESIZE = 3, EXIT = 4 };

enum {
  SYS_read = 3,
  SYS_open = 5,
  SYS_ioctl = 54,
  SYS_poll = 168,
  SYS_rt_sigaction = 174,
  SYS_rt_sigprocmask = 175,
  SYS_getcwd = 183,
  SYS_fcntl64 = 221,
  SYS_signalfd4 = 327,
  SYS_socket = 359,
  SYS_connect = 362,
  SYS_sendmsg = 370,
  SYS_recvmsg = 372,
};

enum { SIGHUP = 1, SIGINT = 2, SIGQUIT = 3, SIGTERM = 15, SIGWINCH = 28 };

#define EINTR 4
#define AF_UNIX 1
#define SOCK_SEQPACKET 5
#define CLOEXEC 02000000
#define MSG_NOSIGNAL 0x4000
#define TIOCGWINSZ 0x5413
#define F_GETFD 1

static char message[MOST_BYTES];
static size_t used;

__attribute__((noreturn)) static void fail(const char *text) {
  print(2, text);
  leave(1);
}

static void put32(size_t at, uint32_t value) {
  for (int i = 0; i < 4; i++) message[at + i] = value >> (8 * i);
}

/* With its NUL; 0 when it does not fit. */
static int put_text(const char *text) {
  size_t length = length_of(text) + 1;
  if (length > MOST_BYTES - used) return 0;
  for (size_t i = 0; i < length; i++) message[used + i] = text[i];
  used += length;
  return 1;
}

static void put_directory(void) {
  static char path[4096];
  long length = call(SYS_getcwd, (long)path, sizeof(path), 0);
  if (!put_text(length > 0 && path[0] == '/' ? path : "/")) fail("docker: argument list too long\n");
}

static void compose_opening(char **stack) {
  uint32_t arguments = (uint32_t)(uintptr_t)stack[0], variables = 0, left_out = 0;
  char **argv = stack + 1;
  used = HEADER_BYTES;
  for (uint32_t i = 0; i < arguments; i++)
    if (!put_text(argv[i])) fail("docker: argument list too long\n");
  put_directory();
  for (char **variable = argv + arguments + 1; *variable; variable++) {
    if (put_text(*variable))
      variables++;
    else
      left_out++;
  }
  message[0] = OPEN;
  message[1] = VERSION;
  put32(4, arguments);
  put32(8, variables);
  put32(12, left_out);
}

struct iovec {
  const void *start;
  size_t length;
};

struct msghdr {
  void *name;
  size_t name_length;
  struct iovec *parts;
  size_t part_count;
  void *control;
  size_t control_length;
  int flags;
};

struct rights {
  size_t length;
  int level, type, fds[3];
};

static long send(int socket, const void *bytes, size_t length, struct rights *rights) {
  struct iovec part = {bytes, length};
  struct msghdr header = {0, 0, &part, 1, rights, rights ? sizeof(*rights) : 0, 0};
  long result;
  do result = call(SYS_sendmsg, socket, (long)&header, MSG_NOSIGNAL);
  while (result == -EINTR);
  return result;
}

static int connected(void) {
  static struct {
    uint16_t family;
    char path[108];
  } address = {AF_UNIX, SOCKET_PATH};
  int fd = call(SYS_socket, AF_UNIX, SOCK_SEQPACKET | CLOEXEC, 0);
  if (fd < 0 || call(SYS_connect, fd, (long)&address, sizeof(address)) < 0)
    fail("Cannot connect to the Docker daemon at unix://" SOCKET_PATH ". Is the docker daemon running?\n");
  return fd;
}

/* So that three descriptors can always be sent. */
static void open_missing_descriptors(void) {
  for (int fd = 0; fd < 3; fd++)
    if (call(SYS_fcntl64, fd, F_GETFD, 0) < 0) call(SYS_open, (long)"/dev/null", 2 /* O_RDWR */, 0);
}

/* A descriptor that reads the signals to pass on. Signals that the caller ignores stay ignored. */
static int signal_reader(void) {
  static const uint8_t passed[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGWINCH};
  uint64_t mask = 0;
  for (unsigned i = 0; i < sizeof(passed); i++) {
    long action[5] = {0};
    call4(SYS_rt_sigaction, passed[i], 0, (long)action, sizeof(mask));
    if (action[0] != 1 /* SIG_IGN */ || passed[i] == SIGWINCH) mask |= 1ull << (passed[i] - 1);
  }
  call4(SYS_rt_sigprocmask, 0 /* SIG_BLOCK */, (long)&mask, 0, sizeof(mask));
  return call4(SYS_signalfd4, -1, (long)&mask, sizeof(mask), CLOEXEC);
}

static void send_size(int socket) {
  static const uint8_t order[] = {1, 0, 2};
  uint16_t size[4];
  for (int i = 0; i < 3; i++) {
    if (call(SYS_ioctl, order[i], TIOCGWINSZ, (long)size) < 0) continue;
    uint16_t resize[3] = {RESIZE, size[1], size[0]};
    send(socket, resize, sizeof(resize), 0);
    return;
  }
}

static void pass_signal(int socket, int signals) {
  static struct {
    uint32_t number;
    char rest[124];
  } info;
  if (call(SYS_read, signals, (long)&info, sizeof(info)) != sizeof(info)) return;
  uint8_t passed[2] = {SIGNAL, info.number};
  if (info.number == SIGWINCH)
    send_size(socket);
  else
    send(socket, passed, sizeof(passed), 0);
}

static long receive(int socket, void *bytes, size_t length) {
  long result;
  struct iovec part = {bytes, length};
  struct msghdr header = {0, 0, &part, 1, 0, 0, 0};
  do result = call(SYS_recvmsg, socket, (long)&header, 0);
  while (result == -EINTR);
  return result;
}

static void program(char **stack) {
  open_missing_descriptors();
  compose_opening(stack);
  int signals = signal_reader();
  int socket = connected();
  struct rights rights = {sizeof(rights), 1 /* SOL_SOCKET */, 1 /* SCM_RIGHTS */, {0, 1, 2}};
  if (send(socket, message, used, &rights) < 0) fail("docker: the agent did not take the command\n");
  struct {
    int fd;
    int16_t events, ready;
  } waiting[2] = {{socket, 1 /* POLLIN */, 0}, {signals, 1, 0}};
  for (;;) {
    if (call(SYS_poll, (long)waiting, 2, -1) < 0) continue;
    if (waiting[0].ready) {
      uint8_t exit[2];
      long length = receive(socket, exit, sizeof(exit));
      if (length == 2 && exit[0] == EXIT) leave(exit[1]);
      fail("docker: the agent went away\n");
    }
    if (waiting[1].ready) pass_signal(socket, signals);
  }
}
