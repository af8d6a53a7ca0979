/*
 * Carries out a list of system calls, in this process and in a child that it makes, without the interpreter. The list
 * decides everything; its one description is src/shared/calls/list-format.ts.
 *
 * A child may share this process's memory (CLONE_VM with CLONE_VFORK) and is then between two calls of ours: nothing
 * here touches errno or any other state of the C library, and the child has a stack of its own.
 */
#include <errno.h>
#include <linux/sched.h>
#include <string.h>
#include <time.h>

#include "values.h"

enum { MAGIC = 0x4c4c4143, SLOTS = 128, MOST_CALLS = 1024 };
enum { IMMEDIATE, POINTER, SLOT, SLOT_POINTER };
enum { STORE = 0xff00, SPAWN = 0xff01, LOAD = 0xff02 };
enum { NOWHERE = 0xff, NOT_RUN = -1, ANY_ERROR = 0xff, NEEDS_SOMETHING = 1 << 12 };
enum { SYS_EXIT_GROUP = 252, SYS_CLONE3 = 435 };

typedef struct {
  uint32_t magic, calls, first_call, pointers, pointer_count, child_failure, report, size;
  int32_t slots[SLOTS];
} Header;

typedef struct __attribute__((packed)) {
  uint16_t number;
  uint8_t argument_count, slot;
  uint16_t kinds, then, otherwise;
  uint16_t unused;
  uint32_t allowed;
  uint32_t arguments[];
} Call;

typedef struct {
  int32_t result;
  uint32_t start_micros, nanos;
} Result;

typedef struct {
  int32_t stopped_at;
  uint32_t start_low, start_high;
  Result results[];
} Report;

typedef struct {
  uint8_t *base;
  Header *header;
  Report *report;
  uint64_t start;
  uint32_t next;
} Run;

static const Call *calls[MOST_CALLS];
static char child_stack[32768] __attribute__((aligned(16)));

static uint64_t nanoseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000000000ull + now.tv_nsec;
}

long bare_call(long number, const long *arguments);
__asm__(
    ".text\n"
    "bare_call:\n"
    "  push %ebx\n"
    "  push %esi\n"
    "  push %edi\n"
    "  push %ebp\n"
    "  mov 20(%esp), %eax\n"
    "  mov 24(%esp), %ebp\n"
    "  mov 0(%ebp), %ebx\n"
    "  mov 4(%ebp), %ecx\n"
    "  mov 8(%ebp), %edx\n"
    "  mov 12(%ebp), %esi\n"
    "  mov 16(%ebp), %edi\n"
    "  mov 20(%ebp), %ebp\n"
    "  int $0x80\n"
    "  pop %ebp\n"
    "  pop %edi\n"
    "  pop %esi\n"
    "  pop %ebx\n"
    "  ret\n");

/* The child starts in `enter`, which does not return, on the stack that `arguments` name. */
static long clone_into(struct clone_args *arguments, void (*enter)(Run *), Run *run) {
  long result;
  __asm__ volatile(
      "int $0x80\n"
      "  test %%eax, %%eax\n"
      "  jnz 1f\n"
      "  xor %%ebp, %%ebp\n"
      "  sub $12, %%esp\n"
      "  push %%esi\n"
      "  call *%%edi\n"
      "  hlt\n"
      "1:"
      : "=a"(result)
      : "a"(SYS_CLONE3), "b"(arguments), "c"(sizeof(*arguments)), "S"(run), "D"(enter)
      : "memory");
  return result;
}

static long argument(const Run *run, const Call *call, int index) {
  uint32_t value = call->arguments[index];
  switch (call->kinds >> (2 * index) & 3) {
    case POINTER:
      return (long)(run->base + value);
    case SLOT:
      return run->header->slots[value];
    case SLOT_POINTER:
      return (long)&run->header->slots[value];
    default:
      return value;
  }
}

static void carry_on(Run *run, uint32_t from, uint32_t failure);

__attribute__((noreturn)) static void enter_child(Run *run) {
  carry_on(run, run->next, run->header->child_failure);
  static const long status[6] = {127};
  for (;;) bare_call(SYS_EXIT_GROUP, status);
}

/* Afterwards `run->next` is where this process goes on. */
static long spawn(Run *run, const Call *call, uint32_t index) {
  struct clone_args *arguments = (struct clone_args *)argument(run, call, 0);
  arguments->stack = (uintptr_t)child_stack;
  arguments->stack_size = sizeof(child_stack);
  run->next = index + 1;
  long pid = clone_into(arguments, enter_child, run);
  run->next = call->arguments[1];
  return pid;
}

static long carry_out(Run *run, const Call *call, uint32_t index) {
  long arguments[6] = {0};
  if (call->number == SPAWN) return spawn(run, call, index);
  for (int i = 0; i < call->argument_count; i++) arguments[i] = argument(run, call, i);
  if (call->number == STORE) {
    memcpy((void *)arguments[0], &arguments[1], 4);
    return 0;
  }
  if (call->number == LOAD) return *(const int32_t *)arguments[0];
  long result = bare_call(call->number, arguments);
  return result == 0 && call->kinds & NEEDS_SOMETHING ? -ENODATA : result;
}

static int is_error(long result) {
  return (unsigned long)result > -4096ul;
}

static int allows(uint32_t allowed, uint32_t number) {
  for (; allowed; allowed >>= 8)
    if ((allowed & 0xff) == ANY_ERROR || (allowed & 0xff) == number) return 1;
  return 0;
}

/* From one call to the next it names, always forward. `failure`: where a call that may not fail leads; the end if 0. */
static void carry_on(Run *run, uint32_t from, uint32_t failure) {
  uint32_t count = run->header->calls;
  uint64_t before = nanoseconds();
  for (uint32_t index = from, next; index < count; index = next > index ? next : count) {
    const Call *call = calls[index];
    Result *result = &run->report->results[index];
    result->start_micros = (before - run->start) / 1000;
    long value = carry_out(run, call, index);
    uint64_t after = nanoseconds();
    result->result = value;
    result->nanos = after - before > UINT32_MAX ? UINT32_MAX : after - before;
    before = after;
    if (!is_error(value)) {
      if (call->slot != NOWHERE) run->header->slots[call->slot] = value;
      next = call->number == SPAWN ? run->next : call->then;
    } else if (allows(call->allowed, -value)) {
      next = call->otherwise;
    } else {
      run->report->stopped_at = index;
      next = failure ? failure : count;
      failure = 0;
    }
  }
}

/* Whether `bytes` at `offset` are between two other offsets. */
static int is_within(uint32_t offset, uint32_t bytes, uint32_t from, uint32_t to) {
  return offset >= from && to >= bytes && offset <= to - bytes;
}

/* What a call of ours, not the kernel's, reads or writes is in the data, which begin where the calls end. */
static int has_room(const Header *header, const Call *call, uint32_t data) {
  uint32_t bytes = call->number == STORE || call->number == LOAD ? 4 : call->number == SPAWN ? sizeof(struct clone_args) : 0;
  if (bytes == 0) return 1;
  return call->argument_count == (call->number == LOAD ? 1 : 2) && (call->kinds & 3) == POINTER &&
         is_within(call->arguments[0], bytes, data, header->pointers);
}

static int is_call(const Header *header, const Call *call) {
  if (call->slot >= SLOTS && call->slot != NOWHERE) return 0;
  for (int k = 0; k < call->argument_count; k++) {
    int kind = call->kinds >> (2 * k) & 3;
    if (kind == POINTER && call->arguments[k] > header->size) return 0;
    if (kind >= SLOT && call->arguments[k] >= SLOTS) return 0;
  }
  return 1;
}

/* Where the calls end; 0 when the list is malformed. */
static uint32_t index_calls(uint8_t *base, const Header *header) {
  uint32_t at = header->first_call;
  for (uint32_t i = 0; i < header->calls; i++) {
    if (!is_within(at, sizeof(Call), sizeof(Header), header->pointers)) return 0;
    const Call *call = calls[i] = (const Call *)(base + at);
    at += sizeof(Call);
    if (call->argument_count > 6 || !is_within(at, 4 * call->argument_count, at, header->pointers)) return 0;
    at += 4 * call->argument_count;
    if (!is_call(header, call)) return 0;
  }
  for (uint32_t i = 0; i < header->calls; i++)
    if (!has_room(header, calls[i], at)) return 0;
  return at;
}

static int is_sound(const Header *header, size_t size) {
  return size >= sizeof(Header) && header->magic == MAGIC && header->size == size && header->calls <= MOST_CALLS &&
         header->first_call >= sizeof(Header) && header->first_call <= header->pointers &&
         header->pointers <= header->report && header->pointer_count <= (header->report - header->pointers) / 4 &&
         header->report <= size && size - header->report >= sizeof(Report) + header->calls * sizeof(Result);
}

/* Words of the data that are offsets become addresses. */
static int set_pointers(uint8_t *base, const Header *header, uint32_t data) {
  const uint32_t *pointers = (const uint32_t *)(base + header->pointers);
  for (uint32_t i = 0; i < header->pointer_count; i++) {
    if (!is_within(pointers[i], 4, data, header->pointers)) return 0;
    uint32_t *word = (uint32_t *)(base + pointers[i]);
    if (*word > header->size) return 0;
    *word += (uintptr_t)base;
  }
  return 1;
}

static int prepare(uint8_t *base, size_t size) {
  const Header *header = (const Header *)base;
  uint32_t data = is_sound(header, size) ? index_calls(base, header) : 0;
  return data > 0 && set_pointers(base, header, data);
}

static JSValue linux_carry_out(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv) {
  size_t size;
  uint8_t *base = to_bytes(ctx, &size, argv[0]);
  if (!base) return JS_EXCEPTION;
  Header *header = (Header *)base;
  if (!prepare(base, size)) return errno_throw(ctx, EINVAL);
  Run run = {.base = base, .header = header, .report = (Report *)(base + header->report), .start = nanoseconds()};
  uint64_t micros = run.start / 1000;
  run.report->stopped_at = NOT_RUN;
  run.report->start_low = micros;
  run.report->start_high = micros >> 32;
  for (uint32_t i = 0; i < header->calls; i++) run.report->results[i].start_micros = UINT32_MAX;
  carry_on(&run, 0, 0);
  header->magic = 0;
  return JS_NewInt32(ctx, run.report->stopped_at);
}

static const JSCFunctionListEntry functions[] = {
    JS_CFUNC_DEF("carryOut", 1, linux_carry_out),
};
const FunctionGroup call_functions = {functions, COUNT(functions)};
