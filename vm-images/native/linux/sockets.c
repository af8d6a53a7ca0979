/* Unix sockets of SOCK_SEQPACKET: whole messages, in order, with descriptors. */
#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "values.h"

#define MOST_FDS 16

static int listen_at(const char *path, int mode) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  if (strlen(path) >= sizeof(address.sun_path)) {
    errno = ENAMETOOLONG;
    return -1;
  }
  strcpy(address.sun_path, path);
  int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
  if (fd < 0) return -1;
  if (bind(fd, (struct sockaddr *)&address, sizeof(address)) == 0 && chmod(path, mode) == 0 && listen(fd, 128) == 0)
    return fd;
  int number = errno;
  close(fd);
  errno = number;
  return -1;
}

static JSValue linux_listen_unix(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv) {
  int mode;
  const char *path = to_path(ctx, argv[0]);
  JSValue result = JS_EXCEPTION;
  if (path && !to_int(ctx, &mode, argv[1])) result = number_or_throw(ctx, listen_at(path, mode));
  JS_FreeCString(ctx, path);
  return result;
}

static JSValue linux_accept(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv) {
  int fd;
  if (to_int(ctx, &fd, argv[0])) return JS_EXCEPTION;
  return number_or_throw(ctx, accept4(fd, NULL, NULL, SOCK_CLOEXEC));
}

static JSValue fd_array(JSContext *ctx, const int *fds, int count) {
  JSValue array = JS_NewArray(ctx);
  for (int i = 0; i < count; i++) JS_SetPropertyUint32(ctx, array, i, JS_NewInt32(ctx, fds[i]));
  return array;
}

static JSValue linux_socketpair(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv) {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0) return errno_thrown(ctx);
  return fd_array(ctx, ends, 2);
}

static ssize_t send_message(int socket, uint8_t *bytes, size_t length, const int *fds, int count) {
  struct iovec part = {.iov_base = bytes, .iov_len = length};
  union {
    char room[CMSG_SPACE(MOST_FDS * sizeof(int))];
    struct cmsghdr aligned;
  } control;
  struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
  if (count > 0) {
    message.msg_control = &control;
    message.msg_controllen = CMSG_SPACE(count * sizeof(int));
    memset(&control, 0, sizeof(control));
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(count * sizeof(int));
    memcpy(CMSG_DATA(header), fds, count * sizeof(int));
  }
  return sendmsg(socket, &message, MSG_NOSIGNAL);
}

static JSValue linux_send_fds(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv) {
  int socket, count;
  size_t length;
  if (to_int(ctx, &socket, argv[0])) return JS_EXCEPTION;
  uint8_t *bytes = to_bytes(ctx, &length, argv[1]);
  if (!bytes) return JS_EXCEPTION;
  int *fds = to_ints(ctx, &count, argv[2]);
  if (!fds) return JS_EXCEPTION;
  JSValue result =
      count > MOST_FDS ? errno_throw(ctx, EINVAL) : none_or_throw(ctx, send_message(socket, bytes, length, fds, count));
  js_free(ctx, fds);
  return result;
}

static int fds_of(struct msghdr *message, int *fds) {
  int count = 0;
  for (struct cmsghdr *header = CMSG_FIRSTHDR(message); header; header = CMSG_NXTHDR(message, header)) {
    if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) continue;
    size_t size = header->cmsg_len - CMSG_LEN(0);
    memcpy(fds, CMSG_DATA(header), size);
    count = size / sizeof(int);
  }
  return count;
}

static JSValue received(JSContext *ctx, uint8_t *bytes, ssize_t length, const int *fds, int count) {
  JSValue result = JS_NewObject(ctx);
  JS_SetPropertyStr(ctx, result, "bytes", adopt_bytes(ctx, bytes, length));
  JS_SetPropertyStr(ctx, result, "fds", fd_array(ctx, fds, count));
  return result;
}

static JSValue refused(JSContext *ctx, uint8_t *bytes, const int *fds, int count, int number) {
  for (int i = 0; i < count; i++) close(fds[i]);
  js_free(ctx, bytes);
  return number == EAGAIN ? JS_NULL : errno_throw(ctx, number);
}

/* A message longer than `max` fails with EMSGSIZE rather than losing its end. */
static JSValue linux_recv_fds(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv) {
  int socket, max, fds[MOST_FDS];
  if (to_int(ctx, &socket, argv[0]) || to_int(ctx, &max, argv[1])) return JS_EXCEPTION;
  if (max < 0) return errno_throw(ctx, EINVAL);
  uint8_t *bytes = js_malloc(ctx, max > 0 ? max : 1);
  if (!bytes) return JS_EXCEPTION;
  struct iovec part = {.iov_base = bytes, .iov_len = max};
  union {
    char room[CMSG_SPACE(MOST_FDS * sizeof(int))];
    struct cmsghdr aligned;
  } control;
  struct msghdr message = {
      .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control)};
  ssize_t length = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
  if (length < 0) return refused(ctx, bytes, fds, 0, errno);
  int count = fds_of(&message, fds);
  if (message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) return refused(ctx, bytes, fds, count, EMSGSIZE);
  return received(ctx, bytes, length, fds, count);
}

static const JSCFunctionListEntry functions[] = {
    JS_CFUNC_DEF("listenUnix", 2, linux_listen_unix), JS_CFUNC_DEF("accept", 1, linux_accept),
    JS_CFUNC_DEF("socketpair", 0, linux_socketpair),  JS_CFUNC_DEF("sendFds", 3, linux_send_fds),
    JS_CFUNC_DEF("recvFds", 2, linux_recv_fds),
};
const FunctionGroup socket_functions = {functions, COUNT(functions)};
