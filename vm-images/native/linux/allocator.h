#ifndef LINUX_ALLOCATOR_H
#define LINUX_ALLOCATOR_H

#include "quickjs.h"

/* For JS_NewRuntime2. */
extern const JSMallocFunctions allocator;

#endif
