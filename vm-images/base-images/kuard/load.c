#include "load.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

typedef struct Block {
  struct Block *next;
  size_t bytes;
} Block;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static Block *blocks;
static unsigned long long taken;
static atomic_int burners;
static atomic_int failing[PROBES];

int memory_take(unsigned long long bytes) {
  size_t size = bytes + sizeof(Block);
  if (size < bytes) return 0;
  Block *block = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (block == MAP_FAILED) return 0;
  memset(block, 1, size);
  pthread_mutex_lock(&lock);
  *block = (Block){blocks, size};
  blocks = block;
  taken += bytes;
  pthread_mutex_unlock(&lock);
  return 1;
}

void memory_give_back(void) {
  pthread_mutex_lock(&lock);
  while (blocks) {
    Block *block = blocks;
    blocks = block->next;
    munmap(block, block->bytes);
  }
  taken = 0;
  pthread_mutex_unlock(&lock);
}

unsigned long long memory_taken(void) {
  pthread_mutex_lock(&lock);
  unsigned long long bytes = taken;
  pthread_mutex_unlock(&lock);
  return bytes;
}

void memory_used(unsigned long long *resident, unsigned long long *swapped) {
  char line[256];
  *resident = *swapped = 0;
  FILE *status = fopen("/proc/self/status", "r");
  if (!status) return;
  while (fgets(line, sizeof(line), status)) {
    unsigned long long kibibytes;
    if (sscanf(line, "VmRSS: %llu kB", &kibibytes) == 1) *resident = kibibytes << 10;
    if (sscanf(line, "VmSwap: %llu kB", &kibibytes) == 1) *swapped = kibibytes << 10;
  }
  fclose(status);
}

static void *burner(void *seconds) {
  time_t end = time(NULL) + (unsigned)(unsigned long)seconds;
  while (time(NULL) < end)
    for (volatile int turn = 0; turn < 100000; turn++) {}
  burners--;
  return NULL;
}

void burn(unsigned seconds) {
  pthread_t thread;
  burners++;
  if (pthread_create(&thread, NULL, burner, (void *)(unsigned long)seconds) == 0)
    pthread_detach(thread);
  else
    burners--;
}

int burning(void) {
  return burners;
}

void probe_fail(enum probe probe, int fails) {
  failing[probe] = fails;
}

int probe_failing(enum probe probe) {
  return failing[probe];
}
