#include "loop.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "values.h"

typedef struct {
  int fd;
  uint32_t generation; /* tells a watch from an earlier one of the same descriptor */
  JSValue reader, writer;
} Watch;

typedef struct {
  int id;
  double due; /* milliseconds on the monotonic clock */
  JSValue callback;
} Timer;

typedef struct {
  JSValue promise, reason;
} Rejection;

static Watch *watches;
static int watch_count, watch_room;
static uint32_t last_generation;
static Timer *timers; /* by due time, then by id */
static int timer_count, timer_room, last_timer;
static Rejection *rejections;
static int rejection_count, rejection_room;
static int uncaught;

static void *grown(void *table, int count, int *room, size_t size) {
  if (count < *room) return table;
  *room = *room ? *room * 2 : 16;
  table = realloc(table, *room * size);
  if (!table) abort();
  return table;
}

static double now_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1e3 + now.tv_nsec / 1e6;
}

/* ---- errors nobody caught ---- */

static void print_property(JSContext *ctx, JSValueConst value, const char *prefix) {
  const char *text = JS_ToCString(ctx, value);
  if (text && *text) dprintf(2, "%s%s%s", prefix, text, text[strlen(text) - 1] == '\n' ? "" : "\n");
  JS_FreeCString(ctx, text);
}

static void print_error(JSContext *ctx, JSValueConst error) {
  uncaught++;
  print_property(ctx, error, "uncaught: ");
  if (!JS_IsError(ctx, error)) return;
  JSValue stack = JS_GetPropertyStr(ctx, error, "stack");
  print_property(ctx, stack, "");
  JS_FreeValue(ctx, stack);
}

void loop_report(JSContext *ctx) {
  JSValue error = JS_GetException(ctx);
  print_error(ctx, error);
  JS_FreeValue(ctx, error);
}

static void forget_rejection(JSContext *ctx, int i) {
  JS_FreeValue(ctx, rejections[i].promise);
  JS_FreeValue(ctx, rejections[i].reason);
  rejections[i] = rejections[--rejection_count];
}

/* A rejection counts as unhandled only if it still is when the ready jobs have run. */
static void on_rejection(JSContext *ctx, JSValueConst promise, JSValueConst reason, JS_BOOL handled, void *opaque) {
  if (!handled) {
    rejections = grown(rejections, rejection_count, &rejection_room, sizeof(Rejection));
    rejections[rejection_count++] = (Rejection){JS_DupValue(ctx, promise), JS_DupValue(ctx, reason)};
    return;
  }
  for (int i = rejection_count - 1; i >= 0; i--)
    if (JS_VALUE_GET_PTR(rejections[i].promise) == JS_VALUE_GET_PTR(promise)) forget_rejection(ctx, i);
}

/* An error passes through a chain of promises as one object, and is told once. */
static void report_rejection(JSContext *ctx) {
  JSValue reason = JS_DupValue(ctx, rejections[0].reason);
  print_error(ctx, reason);
  forget_rejection(ctx, 0);
  for (int i = rejection_count - 1; i >= 0; i--)
    if (JS_IsObject(reason) && JS_VALUE_GET_PTR(rejections[i].reason) == JS_VALUE_GET_PTR(reason))
      forget_rejection(ctx, i);
  JS_FreeValue(ctx, reason);
}

/* ---- running ---- */

void loop_run_jobs(JSContext *ctx) {
  JSContext *where;
  int result;
  while ((result = JS_ExecutePendingJob(JS_GetRuntime(ctx), &where)) != 0)
    if (result < 0) loop_report(where);
  while (rejection_count > 0) report_rejection(ctx);
}

static void run(JSContext *ctx, JSValueConst callback) {
  JSValue held = JS_DupValue(ctx, callback);
  JSValue result = JS_Call(ctx, held, JS_UNDEFINED, 0, NULL);
  if (JS_IsException(result)) loop_report(ctx);
  JS_FreeValue(ctx, result);
  JS_FreeValue(ctx, held);
  loop_run_jobs(ctx);
}

/* ---- descriptors ---- */

static Watch *find_watch(int fd) {
  for (int i = 0; i < watch_count; i++)
    if (watches[i].fd == fd) return &watches[i];
  return NULL;
}

static void drop_watch(JSContext *ctx, Watch *watch) {
  JSValue reader = watch->reader, writer = watch->writer;
  *watch = watches[--watch_count];
  JS_FreeValue(ctx, reader);
  JS_FreeValue(ctx, writer);
}

enum { READER, WRITER };

static JSValue linux_on_ready(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv, int which) {
  int fd;
  if (to_int(ctx, &fd, argv[0])) return JS_EXCEPTION;
  if (!JS_IsNull(argv[1]) && !JS_IsFunction(ctx, argv[1])) return JS_ThrowTypeError(ctx, "callback is not a function");
  Watch *watch = find_watch(fd);
  if (!watch) {
    if (JS_IsNull(argv[1])) return JS_UNDEFINED;
    watches = grown(watches, watch_count, &watch_room, sizeof(Watch));
    watch = &watches[watch_count++];
    *watch = (Watch){fd, ++last_generation, JS_NULL, JS_NULL};
  }
  JSValue *place = which == READER ? &watch->reader : &watch->writer;
  JSValue before = *place;
  *place = JS_DupValue(ctx, argv[1]);
  if (JS_IsNull(watch->reader) && JS_IsNull(watch->writer)) drop_watch(ctx, watch);
  JS_FreeValue(ctx, before);
  return JS_UNDEFINED;
}

/* The callbacks of one ready descriptor; any of them may change the watches. */
static void run_watch(JSContext *ctx, int fd, uint32_t generation, int events) {
  Watch *watch = find_watch(fd);
  if (!watch || watch->generation != generation) return;
  if (events & POLLNVAL) {
    dprintf(2, "descriptor %d was closed while it was watched\n", fd);
    drop_watch(ctx, watch);
    return;
  }
  if (events & (POLLIN | POLLHUP | POLLERR) && !JS_IsNull(watch->reader)) run(ctx, watch->reader);
  watch = find_watch(fd);
  if (!watch || watch->generation != generation) return;
  if (events & (POLLOUT | POLLHUP | POLLERR) && !JS_IsNull(watch->writer)) run(ctx, watch->writer);
}

static void wait_and_run(JSContext *ctx, int timeout) {
  static struct pollfd *polled;
  static uint32_t *generations;
  static int room;
  int count = watch_count;
  if (count > room || !polled) {
    room = count + 16;
    polled = realloc(polled, room * sizeof(*polled));
    generations = realloc(generations, room * sizeof(*generations));
    if (!polled || !generations) abort();
  }
  for (int i = 0; i < count; i++) {
    short events = (JS_IsNull(watches[i].reader) ? 0 : POLLIN) | (JS_IsNull(watches[i].writer) ? 0 : POLLOUT);
    polled[i] = (struct pollfd){watches[i].fd, events, 0};
    generations[i] = watches[i].generation;
  }
  int ready = poll(polled, count, timeout);
  for (int i = 0; i < count && ready > 0; i++) {
    if (!polled[i].revents) continue;
    ready--;
    run_watch(ctx, polled[i].fd, generations[i], polled[i].revents);
  }
}

/* ---- timers ---- */

static JSValue linux_set_timer(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv) {
  double ms;
  if (to_number(ctx, &ms, argv[0])) return JS_EXCEPTION;
  if (!JS_IsFunction(ctx, argv[1])) return JS_ThrowTypeError(ctx, "callback is not a function");
  timers = grown(timers, timer_count, &timer_room, sizeof(Timer));
  double due = now_ms() + (ms > 0 ? ms : 0);
  int at = timer_count++;
  for (; at > 0 && timers[at - 1].due > due; at--) timers[at] = timers[at - 1];
  timers[at] = (Timer){++last_timer, due, JS_DupValue(ctx, argv[1])};
  return JS_NewInt32(ctx, last_timer);
}

static JSValue take_timer(int at) {
  JSValue callback = timers[at].callback;
  memmove(&timers[at], &timers[at + 1], (--timer_count - at) * sizeof(Timer));
  return callback;
}

static JSValue linux_clear_timer(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv) {
  int id;
  if (to_int(ctx, &id, argv[0])) return JS_EXCEPTION;
  for (int i = 0; i < timer_count; i++)
    if (timers[i].id == id) {
      JS_FreeValue(ctx, take_timer(i));
      break;
    }
  return JS_UNDEFINED;
}

/* Only timers set before this turn, so that one that sets itself again at once does not keep descriptors waiting. */
static void run_due_timers(JSContext *ctx) {
  double now = now_ms();
  int newest = last_timer;
  for (int i = 0; i < timer_count && timers[i].due <= now;) {
    if (timers[i].id > newest) {
      i++;
      continue;
    }
    JSValue callback = take_timer(i);
    run(ctx, callback);
    JS_FreeValue(ctx, callback);
    i = 0;
  }
}

static int poll_timeout(void) {
  if (timer_count == 0) return -1;
  double left = timers[0].due - now_ms();
  if (left <= 0) return 0;
  return left > 3600e3 ? 3600000 : (int)left + 1;
}

/* ---- the whole ---- */

void loop_init(JSContext *ctx) {
  JS_SetHostPromiseRejectionTracker(JS_GetRuntime(ctx), on_rejection, NULL);
}

int loop_run(JSContext *ctx) {
  loop_run_jobs(ctx);
  while (watch_count > 0 || timer_count > 0) {
    wait_and_run(ctx, poll_timeout());
    run_due_timers(ctx);
  }
  return uncaught;
}

void loop_forget(JSContext *ctx) {
  while (watch_count > 0) drop_watch(ctx, &watches[0]);
  while (timer_count > 0) JS_FreeValue(ctx, take_timer(0));
  while (rejection_count > 0) forget_rejection(ctx, 0);
}

static const JSCFunctionListEntry functions[] = {
    JS_CFUNC_MAGIC_DEF("onReadable", 2, linux_on_ready, READER),
    JS_CFUNC_MAGIC_DEF("onWritable", 2, linux_on_ready, WRITER),
    JS_CFUNC_DEF("setTimer", 2, linux_set_timer),
    JS_CFUNC_DEF("clearTimer", 1, linux_clear_timer),
};
const FunctionGroup loop_functions = {functions, COUNT(functions)};
