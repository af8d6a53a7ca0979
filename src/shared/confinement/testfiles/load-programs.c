/*
 * Gives a program to the kernel. As i386, without a library:
 *     gcc -m32 -static -nostdlib -ffreestanding
 * `device`: standard input is an eBPF device program; prints 0 or the errno of loading it.
 * `seccomp`: standard input is a filter; loads it, then makes each call that the further arguments name as
 * "number,argument,argument", prints what it returned, a line each. Calls that succeed must do no harm.
 */
#include <linux/bpf.h>
#include <linux/filter.h>
#include <linux/prctl.h>
#include <linux/seccomp.h>

enum { SYS_exit = 1, SYS_read = 3, SYS_write = 4, SYS_prctl = 172, SYS_bpf = 357 };

static int call(int number, int a, int b, int c, int d) {
  int result;
  __asm__ volatile("int $0x80" : "=a"(result) : "a"(number), "b"(a), "c"(b), "d"(c), "S"(d), "D"(0) : "memory");
  return result;
}

static unsigned char program[8 * 4096];

static int read_program(void) {
  int length = 0, got;
  while ((got = call(SYS_read, 0, (int)(program + length), sizeof program - length, 0)) > 0) length += got;
  return length / 8;
}

static void print(int number) {
  char text[16];
  int at = sizeof text;
  unsigned left = number < 0 ? -number : number;
  text[--at] = '\n';
  do text[--at] = '0' + left % 10; while (left /= 10);
  if (number < 0) text[--at] = '-';
  call(SYS_write, 1, (int)(text + at), sizeof text - at, 0);
}

static int load_device_program(int count) {
  static union bpf_attr attributes;
  attributes.prog_type = BPF_PROG_TYPE_CGROUP_DEVICE;
  attributes.insn_cnt = count;
  attributes.insns = (unsigned)program;
  attributes.license = (unsigned)"none";
  int descriptor = call(SYS_bpf, BPF_PROG_LOAD, (int)&attributes, sizeof attributes, 0);
  return descriptor < 0 ? -descriptor : 0;
}

static unsigned parse(const char **text) {
  unsigned value = 0;
  while (**text >= '0' && **text <= '9') value = value * 10 + *(*text)++ - '0';
  if (**text == ',') ++*text;
  return value;
}

__attribute__((used)) static void run(int argc, char **argv) {
  int count = read_program();
  if (argv[1][0] == 'd') print(load_device_program(count));
  else {
    struct sock_fprog filter = {count, (struct sock_filter *)program};
    call(SYS_prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0);
    int failed = call(SYS_prctl, PR_SET_SECCOMP, SECCOMP_MODE_FILTER, (int)&filter, 0);
    print(failed);
    for (int i = 2; i < argc && !failed; i++) {
      const char *text = argv[i];
      int number = parse(&text), a = parse(&text), b = parse(&text), c = parse(&text);
      print(call(number, a, b, c, 0));
    }
  }
  call(SYS_exit, 0, 0, 0, 0);
}

__attribute__((naked)) void _start(void) {
  __asm__("mov %esp, %eax\n lea 4(%eax), %edx\n and $-16, %esp\n sub $8, %esp\n push %edx\n push (%eax)\n call run");
}
