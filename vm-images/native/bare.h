/*
 * A program without a C library, for i386 Linux: system calls by `int $0x80`, and an entry that gives `program` the
 * first stack: argument count, arguments, NULL, environment, NULL.
 */
#ifndef BARE_H
#define BARE_H

#include <stddef.h>
#include <stdint.h>

static inline long call(long number, long a, long b, long c) {
  long result;
  __asm__ volatile("int $0x80" : "=a"(result) : "a"(number), "b"(a), "c"(b), "d"(c) : "memory");
  return result;
}

static inline long call4(long number, long a, long b, long c, long d) {
  long result;
  __asm__ volatile("int $0x80" : "=a"(result) : "a"(number), "b"(a), "c"(b), "d"(c), "S"(d) : "memory");
  return result;
}

static size_t length_of(const char *text) {
  size_t length = 0;
  while (text[length]) length++;
  return length;
}

static void print(int fd, const char *text) {
  call(4 /* write */, fd, (long)text, length_of(text));
}

__attribute__((noreturn)) static void leave(int status) {
  for (;;) call(252 /* exit_group */, status, 0, 0);
}

__attribute__((noreturn, used)) static void program(char **stack);

__asm__(
    ".globl _start\n"
    "_start:\n"
    "  xor %ebp, %ebp\n"
    "  mov %esp, %eax\n"
    "  and $-16, %esp\n"
    "  sub $12, %esp\n"
    "  push %eax\n"
    "  call program\n");

#endif
