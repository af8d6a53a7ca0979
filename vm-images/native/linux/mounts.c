/* Mounts, roots, names of the machine and its network interfaces. */
#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/swap.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "values.h"

static const char *unless_empty(const char *text) {
  return *text ? text : NULL;
}

static JSValue linux_mount(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv) {
  double flags;
  const char *source = to_path(ctx, argv[0]);
  const char *target = source ? to_path(ctx, argv[1]) : NULL;
  const char *type = target ? to_path(ctx, argv[2]) : NULL;
  const char *data = type && !to_number(ctx, &flags, argv[3]) ? to_path(ctx, argv[4]) : NULL;
  JSValue result = JS_EXCEPTION;
  if (data)
    result = none_or_throw(
        ctx, mount(source, target, unless_empty(type), (unsigned long)(int64_t)flags, unless_empty(data)));
  JS_FreeCString(ctx, data);
  JS_FreeCString(ctx, type);
  JS_FreeCString(ctx, target);
  JS_FreeCString(ctx, source);
  return result;
}

static JSValue linux_umount(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv) {
  int flags;
  const char *target = to_path(ctx, argv[0]);
  JSValue result = JS_EXCEPTION;
  if (target && !to_int(ctx, &flags, argv[1])) result = none_or_throw(ctx, umount2(target, flags));
  JS_FreeCString(ctx, target);
  return result;
}

static JSValue linux_pivot_root(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv) {
  const char *root = to_path(ctx, argv[0]);
  const char *old = root ? to_path(ctx, argv[1]) : NULL;
  JSValue result = JS_EXCEPTION;
  if (old) result = none_or_throw(ctx, syscall(SYS_pivot_root, root, old));
  JS_FreeCString(ctx, old);
  JS_FreeCString(ctx, root);
  return result;
}

enum { CHROOT, CHDIR, SETHOSTNAME, SETDOMAINNAME, SWAPON, SWAPOFF };

static int call_with_text(int call, const char *text) {
  switch (call) {
    case CHROOT:
      return chroot(text);
    case CHDIR:
      return chdir(text);
    case SETHOSTNAME:
      return sethostname(text, strlen(text));
    case SETDOMAINNAME:
      return setdomainname(text, strlen(text));
    case SWAPON:
      return swapon(text, 0);
    default:
      return swapoff(text);
  }
}

static JSValue linux_text_call(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv, int call) {
  const char *text = to_path(ctx, argv[0]);
  if (!text) return JS_EXCEPTION;
  JSValue result = none_or_throw(ctx, call_with_text(call, text));
  JS_FreeCString(ctx, text);
  return result;
}

static int set_up(const char *name) {
  struct ifreq request = {0};
  strncpy(request.ifr_name, name, IFNAMSIZ - 1);
  int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return -1;
  int result = ioctl(fd, SIOCGIFFLAGS, &request);
  request.ifr_flags |= IFF_UP;
  if (result == 0) result = ioctl(fd, SIOCSIFFLAGS, &request);
  close(fd);
  return result;
}

static JSValue linux_link_up(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv) {
  const char *name = to_path(ctx, argv[0]);
  if (!name) return JS_EXCEPTION;
  JSValue result = none_or_throw(ctx, set_up(name));
  JS_FreeCString(ctx, name);
  return result;
}

static const JSCFunctionListEntry functions[] = {
    JS_CFUNC_DEF("mount", 5, linux_mount),
    JS_CFUNC_DEF("umount", 2, linux_umount),
    JS_CFUNC_DEF("pivotRoot", 2, linux_pivot_root),
    JS_CFUNC_MAGIC_DEF("chroot", 1, linux_text_call, CHROOT),
    JS_CFUNC_MAGIC_DEF("chdir", 1, linux_text_call, CHDIR),
    JS_CFUNC_MAGIC_DEF("sethostname", 1, linux_text_call, SETHOSTNAME),
    JS_CFUNC_MAGIC_DEF("setdomainname", 1, linux_text_call, SETDOMAINNAME),
    JS_CFUNC_MAGIC_DEF("swapon", 1, linux_text_call, SWAPON),
    JS_CFUNC_MAGIC_DEF("swapoff", 1, linux_text_call, SWAPOFF),
    JS_CFUNC_DEF("linkUp", 1, linux_link_up),
};
const FunctionGroup mount_functions = {functions, COUNT(functions)};
