/*
 * Memory for the interpreter: blocks of up to 512 bytes in classes of 16, from lists of free ones. A script's objects
 * are small and short-lived, and finding room for them took a quarter of its instructions. Larger ones are malloc's.
 */
#include "allocator.h"

#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { STEP = 16, CLASSES = 32, MOST_BYTES = STEP * CLASSES, CHUNK_BYTES = 65536 };

/* Before each block. Class 0 is malloc's. A block stays aligned to 8, which is what the interpreter's values need. */
typedef struct {
  uint32_t class, unused;
} Head;

/* What a free block holds. */
typedef struct Free {
  struct Free *next;
} Free;

static Free *free_blocks[CLASSES + 1];
static char *chunk, *chunk_end;

static Head *head_of(const void *block) {
  return (Head *)block - 1;
}

static void *cut(uint32_t class) {
  size_t size = sizeof(Head) + class * STEP;
  if ((size_t)(chunk_end - chunk) < size) {
    char *fresh = malloc(CHUNK_BYTES);
    if (!fresh) return NULL;
    chunk = fresh;
    chunk_end = fresh + CHUNK_BYTES;
  }
  Head *head = (Head *)chunk;
  chunk += size;
  head->class = class;
  return head + 1;
}

static void *take(uint32_t class) {
  Free *block = free_blocks[class];
  if (!block) return cut(class);
  free_blocks[class] = block->next;
  return block;
}

static void *allocate(JSMallocState *state, size_t size) {
  if (state->malloc_size + size > state->malloc_limit) return NULL;
  if (size > MOST_BYTES) {
    Head *head = malloc(sizeof(Head) + size);
    if (!head) return NULL;
    head->class = 0;
    state->malloc_count++;
    state->malloc_size += malloc_usable_size(head);
    return head + 1;
  }
  uint32_t class = size ? (size + STEP - 1) / STEP : 1;
  void *block = take(class);
  if (!block) return NULL;
  state->malloc_count++;
  state->malloc_size += class * STEP;
  return block;
}

static size_t usable(const void *block) {
  Head *head = head_of(block);
  return head->class ? head->class * STEP : malloc_usable_size(head) - sizeof(Head);
}

static void release(JSMallocState *state, void *block) {
  if (!block) return;
  Head *head = head_of(block);
  state->malloc_count--;
  if (head->class) {
    state->malloc_size -= head->class * STEP;
    ((Free *)block)->next = free_blocks[head->class];
    free_blocks[head->class] = block;
    return;
  }
  state->malloc_size -= malloc_usable_size(head);
  free(head);
}

static void *resize(JSMallocState *state, void *block, size_t size) {
  if (!block) return size ? allocate(state, size) : NULL;
  if (size == 0) {
    release(state, block);
    return NULL;
  }
  size_t room = usable(block);
  if (size <= room && size * 2 >= room) return block;
  void *moved = allocate(state, size);
  if (!moved) return NULL;
  memcpy(moved, block, size < room ? size : room);
  release(state, block);
  return moved;
}

const JSMallocFunctions allocator = {allocate, release, resize, usable};
