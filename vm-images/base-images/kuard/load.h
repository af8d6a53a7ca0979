/* What the program can be made to do to its container, and how it says that it is. */
#ifndef LOAD_H
#define LOAD_H

enum probe { HEALTHY, READY, PROBES };

/* Takes and touches so many bytes more; 0 when the kernel gives none. */
int memory_take(unsigned long long bytes);
void memory_give_back(void);
unsigned long long memory_taken(void);
/* Bytes of the process in memory and in swap, as /proc/self/status has them. */
void memory_used(unsigned long long *resident, unsigned long long *swapped);

/* Keeps one processor busy for so long, in the background. */
void burn(unsigned seconds);
int burning(void);

void probe_fail(enum probe probe, int failing);
int probe_failing(enum probe probe);

#endif
