/* Making, moving, limiting and ending processes. */
#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "loop.h"
#include "values.h"

/*
 * The bare call, with no stack: the child goes on in a copy of this process, as after fork. It inherits no
 * callbacks and must end by execve or exit; the loop ends it if it comes back there. With a cgroup's directory it is
 * born there, which is much cheaper than moving it.
 */
static JSValue linux_clone(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv) {
  int flags, cgroup = -1;
  if (to_int(ctx, &flags, argv[0])) return JS_EXCEPTION;
  if (!JS_IsUndefined(argv[1]) && to_int(ctx, &cgroup, argv[1])) return JS_EXCEPTION;
  struct clone_args arguments = {.flags = (uint32_t)flags, .exit_signal = SIGCHLD};
  if (cgroup >= 0) {
    arguments.flags |= CLONE_INTO_CGROUP;
    arguments.cgroup = cgroup;
  }
  long pid = syscall(SYS_clone3, &arguments, sizeof(arguments));
  if (pid == 0) loop_forget(ctx);
  return number_or_throw(ctx, pid);
}

static JSValue linux_unshare(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv) {
  int flags;
  if (to_int(ctx, &flags, argv[0])) return JS_EXCEPTION;
  return none_or_throw(ctx, unshare(flags));
}

static JSValue linux_setns(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv) {
  int fd, type;
  if (to_int(ctx, &fd, argv[0]) || to_int(ctx, &type, argv[1])) return JS_EXCEPTION;
  return none_or_throw(ctx, setns(fd, type));
}

static JSValue linux_execve(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv) {
  const char *path = to_path(ctx, argv[0]);
  char **arguments = path ? to_strings(ctx, argv[1]) : NULL;
  char **environment = arguments ? to_strings(ctx, argv[2]) : NULL;
  if (environment) {
    execve(path, arguments, environment);
    errno_thrown(ctx);
  }
  free_strings(ctx, environment);
  free_strings(ctx, arguments);
  JS_FreeCString(ctx, path);
  return JS_EXCEPTION;
}

static JSValue linux_exit(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv) {
  int code;
  if (to_int(ctx, &code, argv[0])) return JS_EXCEPTION;
  _exit(code);
}

static JSValue linux_kill(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv) {
  int pid, signal;
  if (to_int(ctx, &pid, argv[0]) || to_int(ctx, &signal, argv[1])) return JS_EXCEPTION;
  return none_or_throw(ctx, kill(pid, signal));
}

static JSValue linux_pidfd_open(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv) {
  int pid;
  if (to_int(ctx, &pid, argv[0])) return JS_EXCEPTION;
  return number_or_throw(ctx, syscall(SYS_pidfd_open, pid, 0));
}

/* The raw status, or null while the child runs. */
static JSValue linux_waitpid(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv) {
  int pid, status;
  if (to_int(ctx, &pid, argv[0])) return JS_EXCEPTION;
  pid_t ended = waitpid(pid, &status, WNOHANG | __WALL);
  if (ended < 0) return errno_thrown(ctx);
  return ended == 0 ? JS_NULL : JS_NewInt32(ctx, status);
}

static JSValue linux_getpid(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv) {
  return JS_NewInt32(ctx, syscall(SYS_getpid));
}

static JSValue linux_setsid(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv) {
  return none_or_throw(ctx, setsid());
}

static JSValue linux_setgroups(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv) {
  int count;
  int *ids = to_ints(ctx, &count, argv[0]);
  if (!ids) return JS_EXCEPTION;
  JSValue result = none_or_throw(ctx, setgroups(count, (gid_t *)ids));
  js_free(ctx, ids);
  return result;
}

static JSValue linux_setgid(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv) {
  double id;
  if (to_number(ctx, &id, argv[0])) return JS_EXCEPTION;
  return none_or_throw(ctx, setgid((gid_t)id));
}

static JSValue linux_setuid(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv) {
  double id;
  if (to_number(ctx, &id, argv[0])) return JS_EXCEPTION;
  return none_or_throw(ctx, setuid((uid_t)id));
}

static JSValue linux_umask(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv) {
  int mask;
  if (to_int(ctx, &mask, argv[0])) return JS_EXCEPTION;
  return JS_NewInt32(ctx, umask(mask));
}

static rlim_t limit_of(double value) {
  return value < 0 ? RLIM_INFINITY : (rlim_t)value;
}

static JSValue linux_setrlimit(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv) {
  int resource;
  double soft, hard;
  if (to_int(ctx, &resource, argv[0]) || to_number(ctx, &soft, argv[1]) || to_number(ctx, &hard, argv[2]))
    return JS_EXCEPTION;
  struct rlimit limit = {.rlim_cur = limit_of(soft), .rlim_max = limit_of(hard)};
  return none_or_throw(ctx, prlimit(0, resource, &limit, NULL));
}

static JSValue linux_prctl(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv) {
  double arguments[5] = {0};
  for (int i = 0; i < 5 && i < argc; i++)
    if (!JS_IsUndefined(argv[i]) && to_number(ctx, &arguments[i], argv[i])) return JS_EXCEPTION;
  return number_or_throw(ctx, prctl((int)arguments[0], (unsigned long)arguments[1], (unsigned long)arguments[2],
                                    (unsigned long)arguments[3], (unsigned long)arguments[4]));
}

/* Six numbers: low and high halves of the effective, permitted and inheritable sets. */
static JSValue linux_capset(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv) {
  double halves[6];
  for (int i = 0; i < 6; i++)
    if (to_number(ctx, &halves[i], argv[i])) return JS_EXCEPTION;
  struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
  struct __user_cap_data_struct data[2];
  for (int half = 0; half < 2; half++) {
    data[half].effective = (uint32_t)halves[half];
    data[half].permitted = (uint32_t)halves[2 + half];
    data[half].inheritable = (uint32_t)halves[4 + half];
  }
  return none_or_throw(ctx, syscall(SYS_capset, &header, data));
}

static JSValue linux_reset_signals(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv) {
  for (int number = 1; number < NSIG; number++) signal(number, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  return none_or_throw(ctx, sigprocmask(SIG_SETMASK, &none, NULL));
}

static const JSCFunctionListEntry functions[] = {
    JS_CFUNC_DEF("clone", 2, linux_clone),         JS_CFUNC_DEF("unshare", 1, linux_unshare),
    JS_CFUNC_DEF("setns", 2, linux_setns),         JS_CFUNC_DEF("execve", 3, linux_execve),
    JS_CFUNC_DEF("exit", 1, linux_exit),           JS_CFUNC_DEF("kill", 2, linux_kill),
    JS_CFUNC_DEF("pidfdOpen", 1, linux_pidfd_open), JS_CFUNC_DEF("waitpid", 1, linux_waitpid),
    JS_CFUNC_DEF("getpid", 0, linux_getpid),       JS_CFUNC_DEF("setsid", 0, linux_setsid),
    JS_CFUNC_DEF("setgroups", 1, linux_setgroups), JS_CFUNC_DEF("setgid", 1, linux_setgid),
    JS_CFUNC_DEF("setuid", 1, linux_setuid),       JS_CFUNC_DEF("umask", 1, linux_umask),
    JS_CFUNC_DEF("setrlimit", 3, linux_setrlimit), JS_CFUNC_DEF("prctl", 5, linux_prctl),
    JS_CFUNC_DEF("capset", 6, linux_capset),       JS_CFUNC_DEF("resetSignals", 0, linux_reset_signals),
};
const FunctionGroup process_functions = {functions, COUNT(functions)};
