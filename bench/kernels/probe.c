/* A guest that measures on request. Its console takes requests { op, n, a } of three u32, and answers each with
 * { u64 } results: ns for a batch, one lateness in ns for each tick of a timer.
 * Its batches are exported too, so that the same code can be run untranslated, with imports of another kind. */
#include <stdint.h>
#define EXPORT(name) __attribute__((export_name(#name)))
#define IMPORT(name) __attribute__((import_module("hv"), import_name(#name))) int name
#define NOINLINE __attribute__((noinline))

IMPORT(version)(void);
IMPORT(domain_id)(void);
IMPORT(time_monotonic)(uint64_t *ns);
IMPORT(timer_set)(uint64_t deadline_ns);
IMPORT(upcall_mask)(void);
IMPORT(upcall_unmask)(void);
IMPORT(sched_block)(void);
IMPORT(evtchn_next)(void);
IMPORT(console_read)(void *to, uint32_t length, uint32_t flags);
IMPORT(console_write)(const void *from, uint32_t length);

enum { EMPTY, VERSION, DOMAIN_ID, TIMER_BLOCKED, TIMER_SPINNING };

static uint64_t now(void) {
  uint64_t ns;
  time_monotonic(&ns);
  return ns;
}

/* Eight calls a turn, so that the loop itself weighs little. */
#define EIGHT(call) (call + call + call + call + call + call + call + call)
#define BATCH(name, call)                                                                                           \
  EXPORT(name) NOINLINE uint32_t name(uint32_t turns) {                                                              \
    uint32_t sum = 0;                                                                                                \
    while (turns-- > 0) sum += EIGHT(call);                                                                          \
    return sum;                                                                                                      \
  }
static volatile uint32_t seven = 7;
BATCH(batch_empty, seven)
BATCH(batch_version, version())
BATCH(batch_domain_id, domain_id())

static volatile uint64_t due, late;
static volatile int ticked;

EXPORT(hv_upcall) void hv_upcall(int port) {
  if (port != 0) return;
  late = now() - due;
  ticked = 1;
}

/* One tick: `spinning` waits in a loop without a call, else the domain sleeps. */
NOINLINE static uint64_t tick(uint64_t after_ns, int spinning) {
  upcall_mask();
  ticked = 0;
  due = now() + after_ns;
  timer_set(due);
  if (spinning) {
    upcall_unmask();
    while (!ticked) {}
  } else {
    while (!ticked) {
      sched_block(); /* returns while the port is pending; the upcall comes with unmask */
      upcall_unmask();
      upcall_mask();
    }
  }
  return late;
}

static void answer(uint64_t value) {
  const char *from = (const char *)&value;
  for (uint32_t left = sizeof value; left > 0;) {
    int taken = console_write(from, left);
    if (taken < 0) __builtin_trap();
    from += taken;
    left -= taken;
  }
}

EXPORT(hv_start) void hv_start(void) {
  struct { uint32_t op, n, a; } asked;
  for (;;) {
    char *to = (char *)&asked;
    upcall_mask();
    for (uint32_t missing = sizeof asked; missing > 0;) {
      int got = console_read(to, missing, 0);
      if (got <= 0) return;
      to += got;
      missing -= got;
    }
    while (evtchn_next() >= 0) {}
    if (asked.op >= TIMER_BLOCKED) {
      while (asked.n-- > 0) answer(tick(asked.a, asked.op == TIMER_SPINNING));
      continue;
    }
    uint64_t began = now();
    uint32_t (*const batches[])(uint32_t) = { batch_empty, batch_version, batch_domain_id };
    batches[asked.op](asked.n);
    answer(now() - began);
  }
}
