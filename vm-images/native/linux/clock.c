/* Wall clock, monotonic clock and the kernel's random pool. */
#include <fcntl.h>
#include <linux/random.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "values.h"

static JSValue linux_set_clock(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv) {
  double ms;
  if (to_number(ctx, &ms, argv[0])) return JS_EXCEPTION;
  double seconds = floor(ms / 1000);
  struct timespec time = {.tv_sec = (time_t)seconds, .tv_nsec = (long)((ms - seconds * 1000) * 1e6)};
  return none_or_throw(ctx, clock_settime(CLOCK_REALTIME, &time));
}

static JSValue linux_monotonic_micros(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return JS_NewFloat64(ctx, now.tv_sec * 1e6 + floor(now.tv_nsec / 1e3));
}

static int credit(const uint8_t *bytes, size_t length) {
  struct rand_pool_info *info = malloc(sizeof(*info) + length);
  int fd = open("/dev/urandom", O_WRONLY | O_CLOEXEC);
  int result = -1;
  if (info && fd >= 0) {
    info->entropy_count = length * 8;
    info->buf_size = length;
    memcpy(info->buf, bytes, length);
    result = ioctl(fd, RNDADDENTROPY, info);
    if (result == 0) result = ioctl(fd, RNDRESEEDCRNG);
  }
  if (fd >= 0) close(fd);
  free(info);
  return result;
}

static JSValue linux_add_entropy(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv) {
  size_t length;
  uint8_t *bytes = to_bytes(ctx, &length, argv[0]);
  if (!bytes) return JS_EXCEPTION;
  return none_or_throw(ctx, credit(bytes, length));
}

static const JSCFunctionListEntry functions[] = {
    JS_CFUNC_DEF("setClock", 1, linux_set_clock),
    JS_CFUNC_DEF("monotonicMicros", 0, linux_monotonic_micros),
    JS_CFUNC_DEF("addEntropy", 1, linux_add_entropy),
};
const FunctionGroup clock_functions = {functions, COUNT(functions)};
