// A kernel in miniature: preemptive threads, semaphores and sleep on one vCPU.
#ifndef KERNEL_H
#define KERNEL_H

#include <stdint.h>

struct Thread;

struct Queue {
  struct Thread *first, *last;
};

/** Counts what there is; who finds nothing waits, and is handed the next in the order of coming. Begins with a count and nobody waiting. */
struct Semaphore {
  int32_t count;
  struct Queue waiting;
};

/** Makes the caller the thread `main`, and interrupts whoever runs after each tick. */
void kernel_start(uint64_t tick_ns);

/** A thread that runs `run(argument)`, ready at once; 0 when there are too many. */
struct Thread *thread_create(void (*run)(uint32_t argument), uint32_t argument);
/** Waits until a thread has ended. */
void thread_join(struct Thread *thread);
void thread_sleep(uint64_t ns);

void semaphore_wait(struct Semaphore *semaphore);
void semaphore_post(struct Semaphore *semaphore);

struct KernelStatistics {
  uint32_t preemptions, switches, idles;
};
struct KernelStatistics kernel_statistics(void);

#endif
