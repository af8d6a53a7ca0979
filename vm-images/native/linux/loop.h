/*
 * The event loop: callbacks for descriptors that are ready and for timers that are due, promise jobs between them.
 * Not the interpreter's own library loop: that one runs a single callback for each select(), so that an early busy
 * descriptor starves the later ones, breaks above descriptor 1023, and ends the program on a promise whose
 * rejection is handled a moment late.
 */
#ifndef LINUX_LOOP_H
#define LINUX_LOOP_H

#include "quickjs.h"

void loop_init(JSContext *ctx);
/* Runs until nothing is left to wait for. Returns how many errors nobody caught. */
int loop_run(JSContext *ctx);
/* Runs the promise jobs that are ready. */
void loop_run_jobs(JSContext *ctx);
/* Lets go of every callback, at the end. */
void loop_forget(JSContext *ctx);
/* Tells the pending exception on standard error, with its stack. */
void loop_report(JSContext *ctx);

#endif
