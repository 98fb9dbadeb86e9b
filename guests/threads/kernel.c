// Each thread is a context of the hypervisor with a C stack in this guest's memory. The timer's upcall interrupts
// whoever runs, in the middle of whatever it does, and goes on with the next thread of the ready queue.
//
// There is one vCPU, so masking upcalls is the kernel's only lock: all below is touched with upcalls masked. The mask belongs
// to the context. Contexts are switched with upcalls masked on both sides, and a new one begins with them masked.
#include "kernel.h"

#include "guest.h"

enum { THREADS_MAX = 8, STACK_BYTES = 16384 };

struct Thread {
  int32_t context;
  int ended;
  void (*run)(uint32_t argument);
  uint32_t argument;
  uint64_t wake_ns;
  struct Queue joining;
  struct Thread *next;  // in the queue it waits in
};

static struct Thread threads[THREADS_MAX];
static _Alignas(16) char stacks[THREADS_MAX][STACK_BYTES];  // that of `main` stays unused: it has clang's
static uint32_t thread_count;
static struct Thread *current;
static struct Queue ready;
static struct Thread *sleeping;  // ordered by wake_ns
static uint64_t tick_ns;
static struct KernelStatistics statistics;

static void append(struct Queue *queue, struct Thread *thread) {
  thread->next = 0;
  if (queue->last) queue->last->next = thread;
  else queue->first = thread;
  queue->last = thread;
}

static struct Thread *take(struct Queue *queue) {
  struct Thread *thread = queue->first;
  if (!thread) return 0;
  queue->first = thread->next;
  if (!queue->first) queue->last = 0;
  return thread;
}

static void wake_sleepers(void) {
  uint64_t now = monotonic_ns();
  while (sleeping && sleeping->wake_ns <= now) {
    struct Thread *thread = sleeping;
    sleeping = thread->next;
    append(&ready, thread);
  }
}

/** Who is to run next: waits for the timer while nobody is ready. The timer is armed for the next tick or sleeper. */
static struct Thread *next_thread(void) {
  for (;;) {
    wake_sleepers();
    struct Thread *next = take(&ready);
    uint64_t deadline_ns = sleeping ? sleeping->wake_ns : UINT64_MAX;
    if (next) {
      uint64_t end_ns = monotonic_ns() + tick_ns;
      hv_timer_set(end_ns < deadline_ns ? end_ns : deadline_ns);
      return next;
    }
    if (!sleeping) {
      print("kernel: every thread waits for another\n");
      power_off(2);
    }
    statistics.idles++;
    hv_timer_set(deadline_ns);
    hv_sched_block();
    while (hv_evtchn_next() >= 0) {
    }
  }
}

/** Returns when the caller's turn comes again: it has put itself into a queue. */
static void schedule(void) {
  struct Thread *next = next_thread();
  if (next == current) return;
  current = next;
  statistics.switches++;
  hv_context_switch((uint32_t)next->context);
}

/** The hypervisor calls this between two instructions of the current thread, upcalls masked. */
HV_EXPORT(hv_upcall) void hv_upcall(uint32_t port) {
  if (port != HV_VIRQ_TIMER) return;
  statistics.preemptions++;
  append(&ready, current);
  schedule();
}

/** A new context begins here; it ends with the return, which tells who goes on. */
HV_EXPORT(hv_context) int32_t hv_context(uint32_t argument) {
  struct Thread *self = &threads[argument];
  hv_upcall_unmask();
  self->run(self->argument);
  hv_upcall_mask();
  self->ended = 1;
  for (struct Thread *thread = take(&self->joining); thread; thread = take(&self->joining)) append(&ready, thread);
  current = next_thread();
  statistics.switches++;
  return current->context;
}

void kernel_start(uint64_t tick) {
  tick_ns = tick;
  current = &threads[thread_count++];
  current->context = hv_context_current();
  hv_timer_set(monotonic_ns() + tick_ns);
  hv_upcall_unmask();
}

struct Thread *thread_create(void (*run)(uint32_t argument), uint32_t argument) {
  hv_upcall_mask();
  struct Thread *thread = 0;
  if (thread_count < THREADS_MAX) {
    uint32_t index = thread_count;
    int32_t context = hv_context_create(index, (uint32_t)stacks[index] + STACK_BYTES);
    if (context >= 0) {
      thread = &threads[thread_count++];
      *thread = (struct Thread){.context = context, .run = run, .argument = argument};
      append(&ready, thread);
    }
  }
  hv_upcall_unmask();
  return thread;
}

void thread_join(struct Thread *thread) {
  hv_upcall_mask();
  if (!thread->ended) {
    append(&thread->joining, current);
    schedule();
  }
  hv_upcall_unmask();
}

void thread_sleep(uint64_t ns) {
  hv_upcall_mask();
  current->wake_ns = monotonic_ns() + ns;
  struct Thread **at = &sleeping;
  while (*at && (*at)->wake_ns <= current->wake_ns) at = &(*at)->next;
  current->next = *at;
  *at = current;
  schedule();
  hv_upcall_unmask();
}

void semaphore_wait(struct Semaphore *semaphore) {
  hv_upcall_mask();
  if (semaphore->count > 0) {
    semaphore->count--;
  } else {
    append(&semaphore->waiting, current);
    schedule();
  }
  hv_upcall_unmask();
}

void semaphore_post(struct Semaphore *semaphore) {
  hv_upcall_mask();
  struct Thread *thread = take(&semaphore->waiting);
  if (thread) append(&ready, thread);  // what was posted is already its own
  else semaphore->count++;
  hv_upcall_unmask();
}

struct KernelStatistics kernel_statistics(void) {
  return statistics;
}
