// What runs on the kernel: a producer and a consumer that wait for each other, and two threads that compute without ever
// giving way. How they interleave differs from run to run; what they find does not, and is checked at the end.
#include "guest.h"
#include "kernel.h"

enum { SLOTS = 4, PRIMES_BELOW = 2000, PRIMES = 303, STARTS_BELOW = 300, STEPS = 14151, TURNS = 6, ROUNDS_MAX = 20000 };

static uint32_t items, rounds;

// --- console: one line at a time ---

static struct Semaphore console = {.count = 1};

__attribute__((format(printf, 1, 2))) static void say(const char *format, ...) {
  char line[120];
  va_list arguments;
  va_start(arguments, format);
  uint32_t length = format_text(line, sizeof line, format, arguments);
  va_end(arguments);
  semaphore_wait(&console);
  write_bytes(line, length);
  semaphore_post(&console);
}

// --- producer and consumer, with a ring between them ---

static uint32_t ring[SLOTS], taken, sum, out_of_order, too_early;
static struct Semaphore filled = {.count = 0}, empty = {.count = SLOTS};

static void produce(uint32_t unused) {
  (void)unused;
  for (uint32_t item = 1; item <= items; item++) {
    semaphore_wait(&empty);
    ring[item % SLOTS] = item;
    semaphore_post(&filled);
    if (item % 8 != 0) continue;
    uint64_t until_ns = monotonic_ns() + 500000;
    thread_sleep(500000);
    if (monotonic_ns() < until_ns) too_early++;
  }
}

static void consume(uint32_t unused) {
  (void)unused;
  while (taken < items) {
    semaphore_wait(&filled);
    uint32_t item = ring[(taken + 1) % SLOTS];
    semaphore_post(&empty);
    taken++;
    sum += item;
    if (item != taken) out_of_order++;
    if (taken * 2 == items || taken == items) say("consumer  %u of %u items\n", taken, items);
  }
}

// --- two threads that compute, and never call the kernel meanwhile ---

/** Who computed last, and how often that changed: only an interrupt can change it. */
static volatile uint32_t worker, turns;
static volatile uint32_t wrong[2];

static uint32_t count_primes(uint32_t below) {
  uint32_t count = 0;
  for (uint32_t n = 2; n < below; n++) {
    uint32_t divisor = 2;
    while (divisor * divisor <= n && n % divisor != 0) divisor++;
    if (divisor * divisor > n) count++;
  }
  return count;
}

/** Steps of n/2 or 3n+1 that the numbers from 1 on need to come to 1, together. */
static uint32_t count_steps(uint32_t below) {
  uint32_t count = 0;
  for (uint32_t start = 1; start < below; start++)
    for (uint32_t n = start; n != 1; count++) n = n % 2 ? 3 * n + 1 : n / 2;
  return count;
}

/** Works until its rounds are done and both have been interrupted often enough. */
static void compute(uint32_t self) {
  for (uint32_t round = 1; round <= rounds || (turns < TURNS && round < ROUNDS_MAX); round++) {
    if (worker != self) {
      worker = self;
      turns++;
    }
    int right = self ? count_steps(STARTS_BELOW) == STEPS : count_primes(PRIMES_BELOW) == PRIMES;
    if (!right) wrong[self]++;
    if (round * 2 == rounds || round == rounds) say("%-8s  %u of %u rounds\n", self ? "steps" : "primes", round, rounds);
  }
}

static int check(int holds, const char *what) {
  print("%s  %s\n", holds ? "ok    " : "FAILED", what);
  return holds;
}

HV_EXPORT(hv_start) void hv_start(void) {
  char line[100];
  const char *at = line;
  command_line(line, sizeof line);
  items = next_number(&at, 32);
  rounds = next_number(&at, 100);
  uint32_t tick_us = next_number(&at, 1000);
  print("threads: %u items, %u rounds, a tick every %u us\n", items, rounds, tick_us);

  kernel_start((uint64_t)tick_us * 1000);
  struct Thread *all[4] = {
      thread_create(compute, 0),
      thread_create(compute, 1),
      thread_create(produce, 0),
      thread_create(consume, 0),
  };
  for (uint32_t i = 0; i < 4; i++) {
    if (!all[i]) {
      print("threads: no context for thread %u\n", i);
      power_off(1);
    }
    thread_join(all[i]);
  }

  struct KernelStatistics statistics = kernel_statistics();
  print("kernel    %u preemptions, %u switches, %u times idle\n", statistics.preemptions, statistics.switches,
        statistics.idles);
  int good = check(taken == items && sum == (uint32_t)((uint64_t)items * (items + 1) / 2) && !out_of_order, "every item arrived once, in order");
  good &= check(!wrong[0], "303 primes below 2000, in every round");
  good &= check(!wrong[1], "14151 steps from 1 to 299, in every round");
  good &= check(turns >= TURNS, "both computed side by side");
  good &= check(!too_early, "nobody woke too early");
  power_off(good ? 0 : 1);
}
